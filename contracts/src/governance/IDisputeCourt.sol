// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputable} from "./IDisputable.sol";
import {IEvaluable} from "./IEvaluable.sol";
import {IParameters} from "./IParameters.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @notice How far a dispute is. Evidence is taken and judged while it is `OPENED`. The order never changes.
enum DisputeState {
    NONE,
    OPENED,
    RULED,
    APPEALED,
    EXECUTED,
    DISMISSED
}

/// @notice What the panel, or the DAO on appeal, decides.
/// @param claimantBps hundredths of a percent of what is at stake that the claimant gets, 0 to 10,000
/// @param suspension whether the listing is suspended
/// @param damage atomic units that the claimant was found to have lost; only bonds of providers ask for it
struct Ruling {
    uint16 claimantBps;
    bool suspension;
    uint128 damage;
}

/// @notice A dispute. Times are in seconds and fixed when they are set, whatever the terms become later.
/// @param subject the contract that holds what is disputed
/// @param state how far it is
/// @param panel version of the panel that judges it
/// @param openedByClaimant whether its opener is the claimant, and not the respondent
/// @param claimant who is served, or accuses
/// @param evidenceUntil first second at which no evidence is taken any more, and the panel may vote
/// @param rulingUntil first second at which the panel may not vote any more, and anyone may have the case dismissed
/// @param respondent who serves
/// @param appealUntil first second at which no appeal is possible any more; zero before the ruling
/// @param executableFrom first second at which anyone may have the ruling executed; zero before the ruling
/// @param asset the token of the bonds
/// @param listing the listing that the case is about
/// @param titleOwner who owned the listing's title when the dispute was opened
/// @param heldUntil first second at which the subject is not held any more
/// @param appealPeriod seconds between the ruling and its execution
/// @param id of what is disputed, at the subject
/// @param bond atomic units that the opener deposited, and that an appeal takes
/// @param ruling of the panel, or of the DAO; zeros before it
struct Dispute {
    address subject;
    DisputeState state;
    uint32 panel;
    bool openedByClaimant;
    address claimant;
    uint48 evidenceUntil;
    uint48 rulingUntil;
    address respondent;
    uint48 appealUntil;
    uint48 executableFrom;
    address asset;
    uint96 listing;
    address titleOwner;
    uint48 heldUntil;
    uint32 appealPeriod;
    uint256 id;
    uint128 bond;
    Ruling ruling;
}

/// @notice The terms of new disputes; all but the last in seconds. On development chains a period may be a second.
/// @param evidencePeriod for evidence: 1 to 14 days
/// @param rulingPeriod for the panel's vote after it: 1 to 14 days
/// @param appealPeriod between a ruling and its execution: 1 to 7 days
/// @param margin for somebody to carry out what was decided: 1 to 7 days
/// @param bondBps hundredths of a percent of what is at stake that a dispute, or an appeal, deposits: 100 to 5,000
struct Terms {
    uint32 evidencePeriod;
    uint32 rulingPeriod;
    uint32 appealPeriod;
    uint32 margin;
    uint16 bondBps;
}

/// @notice What the court needs of the governor beyond the common interface.
interface IAppealGovernor is IGovernor {
    /// @notice Seconds that a vote goes on at least after its quorum was reached.
    function lateQuorumVoteExtension() external view returns (uint48);

    /// @notice Who carries decisions out after a delay.
    function timelock() external view returns (address);
}

/// @title The court: disputes over jobs, leases and bonds of providers, and the evaluator of jobs
/// @notice Whoever is a party of a case can open a dispute with a bond, in the token of the case. Both parties hand in
/// evidence, then the panel votes; equal votes of as many members as its threshold are the ruling. Until the end of the
/// appeal period each party can appeal once, with a bond as large as the opener's: then the court proposes to the DAO what
/// the appellant asks for, and the ruling stands unless the DAO carries that out in time. Then anyone has it executed.
///
/// - A case keeps the panel and the times that it was opened with. Neither party judges, nor the owner of the listing's
///   title, then or now.
/// - The opener's bond comes back if its side prevails at all, and else goes to the other party. An appellant's bond comes
///   back if the DAO decided as asked, and else goes to the other party. Nobody else ever gets anything.
/// - No ruling in time: dismissed, and the opener's bond comes back. A silent panel robs nobody.
/// - What the subject refuses holds the bonds up until `heldUntil`, and no longer.
///
/// Invariants: the court's balance of an asset is the sum of the bonds of open disputes, of their appeals, and of what is
/// credited and not withdrawn; nobody has two open disputes over the same thing; from every state there is a way out that
/// needs nothing but time, {maxDuration} at most. The events alone suffice to rebuild all of its state.
interface IDisputeCourt is IParameters {
    // ------------------------------------------------------------------ events

    /// @notice `opener` opened a dispute. Times, parties and bond are in `dispute`.
    /// @param cid of the complaint, CIDv1 in its binary form
    /// @param sha256Hash of the complaint's bytes
    event DisputeOpened(
        uint256 indexed disputeId,
        address indexed subject,
        address indexed opener,
        Dispute dispute,
        bytes cid,
        bytes32 sha256Hash
    );

    /// @notice `party` handed in evidence.
    event EvidenceSubmitted(uint256 indexed disputeId, address indexed party, bytes cid, bytes32 sha256Hash);

    /// @notice `member` of the panel votes for `ruling`, and no longer for what it voted for before.
    event Voted(uint256 indexed disputeId, address indexed member, Ruling ruling);

    /// @notice The panel decided. Parties can appeal until `appealUntil`; from then on it can be executed.
    event Ruled(uint256 indexed disputeId, Ruling ruling, uint48 appealUntil);

    /// @notice `appellant` deposited a bond and asks the DAO for `ruling`. Unless the DAO carries it out before
    /// `executableFrom`, the panel's ruling stands.
    event Appealed(
        uint256 indexed disputeId,
        address indexed appellant,
        uint256 indexed proposalId,
        Ruling ruling,
        uint48 executableFrom
    );

    /// @notice The DAO decided. It can be executed at once.
    event Overturned(uint256 indexed disputeId, Ruling ruling);

    /// @notice The case is closed by `ruling`.
    event Executed(uint256 indexed disputeId, Ruling ruling);

    /// @notice The case is closed because the panel was silent.
    event Dismissed(uint256 indexed disputeId);

    /// @notice `target`, the subject or the register of listings, did not do as decided. The case is closed nevertheless.
    event Refused(uint256 indexed disputeId, address indexed target, bytes reason);

    /// @notice A closed case credits `amount` atomic units of bonds to `account`.
    event BondCredited(uint256 indexed disputeId, address indexed account, address indexed asset, uint256 amount);

    /// @notice `account` was paid all that was credited to it.
    event BondWithdrawn(address indexed account, address indexed asset, uint256 amount);

    /// @notice Panel number `version` judges the disputes opened from now on.
    event PanelSet(uint32 indexed version, address[] members, uint8 threshold);

    /// @notice Disputes over what `subject` holds may, or may no longer, be opened.
    event SubjectSet(address indexed subject, bool allowed);

    /// @notice New disputes in `asset` deposit `amount` atomic units at least.
    event MinBondSet(address indexed asset, uint256 amount);

    // ------------------------------------------------------------------ errors

    /// @notice The DAO does not let the court rule on this.
    error NotSubject(address subject);

    /// @notice The DAO has elected no panel.
    error NoPanel();

    /// @notice The caller is not a party of the case.
    error NotParty(address caller);

    /// @notice The caller has an open dispute over this already.
    error AlreadyDisputed(uint256 disputeId);

    /// @notice The bond would be more than the caller allows, or nothing is at stake.
    error BondOutOfRange(uint256 bond, uint256 max);

    /// @notice Not a binary CIDv1 of at most 64 bytes, or without a SHA-256.
    error MalformedEvidence(bytes cid, bytes32 sha256Hash);

    /// @notice The dispute does not exist, or is not in a state in which this can be done.
    error WrongState(uint256 disputeId, DisputeState state);

    /// @notice This can be done from this second on.
    error TooEarly(uint256 from);

    /// @notice This could be done before this second.
    error TooLate(uint256 end);

    /// @notice The caller is not a member of the panel that judges the case.
    error NotOnPanel(uint256 disputeId, address caller);

    /// @notice The caller would judge its own case.
    error ConflictOfInterest(uint256 disputeId, address member);

    /// @notice The caller voted for exactly this already.
    error AlreadyVoted(uint256 disputeId, address member);

    /// @notice A claimant gets 10,000 hundredths of a percent at most.
    error RulingOutOfRange(uint256 claimantBps);

    /// @notice The caller appealed already.
    error AlreadyAppealed(uint256 disputeId, address appellant);

    /// @notice An appeal must ask for something else than the ruling.
    error AppealAsksForNothing(uint256 disputeId);

    /// @notice The DAO's vote, which became longer since the dispute was opened, could not end in time for an execution
    /// before `end`.
    error NoTimeForAVote(uint256 voteEnd, uint256 end);

    /// @notice Nobody appealed for this ruling.
    error NotAppealedFor(uint256 disputeId);

    /// @notice A panel has 1 to 9 different members, and its threshold is a majority of them.
    error MalformedPanel();

    /// @notice Only the client of the job can accept it before its acceptance window has passed.
    error NotClient(uint256 jobId, address caller);

    // ------------------------------------------------------------------ disputes

    /// @notice Opens a dispute over `id` of `subject` and takes the bond, {bondFor}, out of the caller's allowance. For the
    /// parties of the case. Closing the court does not stop it: meanwhile their time to object would pass.
    /// @param maxBond the caller's limit, in atomic units
    /// @param cid of the complaint, CIDv1 in its binary form, at most 64 bytes
    /// @param sha256Hash of the complaint's bytes
    function open(IDisputable subject, uint256 id, uint256 maxBond, bytes calldata cid, bytes32 sha256Hash)
        external
        returns (uint256 disputeId);

    /// @notice Hands in evidence before `evidenceUntil`. For the parties.
    function submitEvidence(uint256 disputeId, bytes calldata cid, bytes32 sha256Hash) external;

    /// @notice Votes for `ruling`, or moves the vote to it, from `evidenceUntil` to `rulingUntil`. When as many votes as the
    /// threshold of the panel are equal, that is the ruling. For members of the case's panel without a conflict of interest.
    function rule(uint256 disputeId, Ruling calldata ruling) external;

    /// @notice Asks the DAO for `ruling` instead of the panel's, before `appealUntil`, and takes a bond as large as the
    /// opener's out of the caller's allowance. For each party once.
    function appeal(uint256 disputeId, Ruling calldata ruling) external returns (uint256 proposalId);

    /// @notice Puts the ruling that a party appealed for in the place of the panel's. Restricted to the DAO.
    function overturn(uint256 disputeId, Ruling calldata ruling) external;

    /// @notice Has the subject do as ruled, suspends the listing if that was ruled, and credits the bonds. Open to anyone
    /// from `executableFrom` on. A subject that fails makes it fail before `heldUntil`, and not from then on.
    function execute(uint256 disputeId) external;

    /// @notice Closes a case without a ruling and credits the bond to its opener. Open to anyone from `rulingUntil` on. A
    /// subject that fails makes it fail before `heldUntil`, and not from then on.
    function dismiss(uint256 disputeId) external;

    /// @notice Pays `account` all that is credited to it. Open to anyone.
    function withdraw(address asset, address account) external returns (uint256 amount);

    // ------------------------------------------------------------------ evaluator of jobs

    /// @notice Has a submitted job completed. For its client.
    function accept(IEvaluable jobs, uint256 jobId) external;

    /// @notice Has a submitted job completed that nobody disputed before its acceptance window passed. Open to anyone.
    function acceptByTimeout(IEvaluable jobs, uint256 jobId) external;

    // ------------------------------------------------------------------ DAO

    /// @notice Allows or forbids new disputes over what `subject` holds. Open ones go on. Restricted to the DAO.
    function setSubject(address subject, bool allowed) external;

    /// @notice Elects who judges the disputes opened from now on. Restricted to the DAO.
    /// @param members 3 to 9 different accounts
    /// @param threshold how many equal votes are a ruling: more than half of the members, and not all of them, so that one
    /// whom a party made a party too, by sending it the title, silences nobody
    function setPanel(address[] calldata members, uint8 threshold) external;

    /// @notice Sets the terms of disputes opened from now on. Restricted to the DAO. Parameters `evidencePeriod`,
    /// `rulingPeriod`, `appealPeriod`, `margin` and `bondBps`. A longer `margin`, like a longer delay of the timelock, can take
    /// the time away that an appeal needs: change them while none runs.
    function setTerms(Terms calldata newTerms) external;

    /// @notice Sets the least bond of new disputes in `asset`. A bond is never more than what is at stake. Restricted to the
    /// DAO.
    function setMinBond(address asset, uint256 amount) external;

    // ------------------------------------------------------------------ reads

    /// @notice A dispute; zeros if there is none.
    function dispute(uint256 disputeId) external view returns (Dispute memory);

    /// @notice How many disputes there are; also the highest id.
    function disputeCount() external view returns (uint256);

    /// @notice The open dispute of `opener` over `id` of `subject`; zero if there is none.
    function openDisputeOf(address subject, uint256 id, address opener) external view returns (uint256 disputeId);

    /// @notice What a dispute over `amount` atomic units of `asset` deposits now.
    function bondFor(address asset, uint256 amount) external view returns (uint256);

    /// @notice Atomic units of bonds that `account` can withdraw.
    function credits(address account, address asset) external view returns (uint256);

    /// @notice The ruling that `member` votes for, as keccak256 of its ABI encoding; zero if it did not vote.
    function voteOf(uint256 disputeId, address member) external view returns (bytes32);

    /// @notice The ruling that `party` appealed for, as keccak256 of its ABI encoding; zero if it did not appeal.
    function appealOf(uint256 disputeId, address party) external view returns (bytes32);

    /// @notice Version of the panel that judges the disputes opened from now on; zero if none was elected.
    function panelVersion() external view returns (uint32);

    /// @notice Members of panel number `version`, and how many equal votes are its ruling.
    function panel(uint32 version) external view returns (address[] memory members, uint8 threshold);

    /// @notice The terms of disputes opened from now on.
    function terms() external view returns (Terms memory);

    /// @notice The least bond of new disputes in `asset`, in atomic units.
    function minBond(address asset) external view returns (uint256);

    /// @notice Whether disputes over what `subject` holds can be opened.
    function isSubject(address subject) external view returns (bool);

    /// @notice Seconds from the opening of a dispute to the end of its hold, if it is opened now: evidence, ruling, appeal,
    /// the DAO's vote, and the margin. Never reverts; {MAX_DURATION} at most.
    function maxDuration() external view returns (uint48);

    /// @notice Seconds from an appeal to the latest moment at which the DAO can have carried it out: the governor's delay,
    /// period and late extension, the timelock's delay, and the margin; at most 45 days.
    function voteDuration() external view returns (uint48);

    /// @notice Longest that {maxDuration} can ever be.
    function MAX_DURATION() external view returns (uint48);

    /// @notice Decides on appeals.
    function GOVERNOR() external view returns (IAppealGovernor);
}
