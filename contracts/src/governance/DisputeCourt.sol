// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingRegistry} from "../listing/IListingRegistry.sol";
import {ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {Chains} from "./Chains.sol";
import {Case, IDisputable} from "./IDisputable.sol";
import {Dispute, DisputeState, IAppealGovernor, IDisputeCourt, Ruling, Terms} from "./IDisputeCourt.sol";
import {IEvaluable} from "./IEvaluable.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract DisputeCourt is AccessManaged, ReentrancyGuardTransient, PermitMulticall, IDisputeCourt {
    using ExactTransfer for IERC20;
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using Strings for address;
    using Strings for uint256;

    struct Panel {
        address[] members;
        uint8 threshold;
        mapping(address => bool) isMember;
    }

    uint16 private constant BPS = 10_000;
    uint256 private constant MAX_CID_BYTES = 64;
    uint256 private constant MIN_MEMBERS = 3;
    uint256 private constant MAX_MEMBERS = 9;
    uint16 private constant MIN_BOND_BPS = 100;
    uint16 private constant MAX_BOND_BPS = 5_000;
    uint32 private constant MIN_PERIOD = 1 days;
    uint32 private constant MAX_EVIDENCE_PERIOD = 14 days;
    uint32 private constant MAX_RULING_PERIOD = 14 days;
    uint32 private constant MAX_APPEAL_PERIOD = 7 days;
    uint32 private constant MAX_MARGIN = 7 days;
    uint48 private constant MAX_VOTE = 45 days;

    /// @inheritdoc IDisputeCourt
    uint48 public constant MAX_DURATION =
        MAX_EVIDENCE_PERIOD + MAX_RULING_PERIOD + MAX_APPEAL_PERIOD + MAX_VOTE + MAX_MARGIN;

    /// @inheritdoc IDisputeCourt
    IAppealGovernor public immutable GOVERNOR;

    IListingRegistry private immutable REGISTRY;

    Terms private _terms;

    /// @inheritdoc IDisputeCourt
    uint32 public panelVersion;

    /// @inheritdoc IDisputeCourt
    uint256 public disputeCount;

    /// @inheritdoc IDisputeCourt
    mapping(address subject => bool) public isSubject;

    /// @inheritdoc IDisputeCourt
    mapping(address asset => uint256) public minBond;

    /// @inheritdoc IDisputeCourt
    mapping(address account => mapping(address asset => uint256)) public credits;

    /// @inheritdoc IDisputeCourt
    mapping(address subject => mapping(uint256 id => mapping(address opener => uint256))) public openDisputeOf;

    /// @inheritdoc IDisputeCourt
    mapping(uint256 disputeId => mapping(address member => bytes32)) public voteOf;

    /// @inheritdoc IDisputeCourt
    mapping(uint256 disputeId => mapping(address party => bytes32)) public appealOf;

    mapping(uint256 disputeId => Dispute) private _disputes;
    mapping(uint256 disputeId => mapping(bytes32 ruling => uint256)) private _votes;
    mapping(uint32 version => Panel) private _panels;

    /// @param authority decides who may call the restricted functions
    /// @param governor decides on appeals; lets the court propose whatever its power
    /// @param registry knows the owners of titles; lets the court suspend listings
    /// @param firstTerms of disputes, within the bounds of {setTerms}
    constructor(address authority, IAppealGovernor governor, IListingRegistry registry, Terms memory firstTerms)
        AccessManaged(authority)
    {
        GOVERNOR = governor;
        REGISTRY = registry;
        _setTerms(firstTerms);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IDisputeCourt
    function open(IDisputable subject, uint256 id, uint256 maxBond, bytes calldata cid, bytes32 sha256Hash)
        external
        nonReentrant
        returns (uint256 disputeId)
    {
        if (!isSubject[address(subject)]) revert NotSubject(address(subject));
        uint256 present = openDisputeOf[address(subject)][id][msg.sender];
        if (present != 0) revert AlreadyDisputed(present);
        _requireEvidence(cid, sha256Hash);
        Dispute memory opened = _newDispute(subject, id);
        if (opened.bond == 0 || opened.bond > maxBond) revert BondOutOfRange(opened.bond, maxBond);

        disputeId = ++disputeCount;
        _disputes[disputeId] = opened;
        openDisputeOf[address(subject)][id][msg.sender] = disputeId;
        emit DisputeOpened(disputeId, address(subject), msg.sender, opened, cid, sha256Hash);

        subject.hold(id, msg.sender, opened.heldUntil);
        IERC20(opened.asset).take(msg.sender, opened.bond);
    }

    /// @inheritdoc IDisputeCourt
    function submitEvidence(uint256 disputeId, bytes calldata cid, bytes32 sha256Hash) external {
        Dispute storage record = _in(disputeId, DisputeState.OPENED);
        _requireParty(record.claimant, record.respondent);
        _requireBefore(record.evidenceUntil);
        _requireEvidence(cid, sha256Hash);
        emit EvidenceSubmitted(disputeId, msg.sender, cid, sha256Hash);
    }

    /// @inheritdoc IDisputeCourt
    function rule(uint256 disputeId, Ruling calldata ruling) external {
        Dispute storage record = _in(disputeId, DisputeState.OPENED);
        _requireFrom(record.evidenceUntil);
        _requireBefore(record.rulingUntil);
        _requireRuling(ruling);
        _requireJudge(disputeId, record);
        bytes32 digest = _digest(ruling);
        bytes32 before = voteOf[disputeId][msg.sender];
        if (digest == before) revert AlreadyVoted(disputeId, msg.sender);

        if (before != 0) --_votes[disputeId][before];
        voteOf[disputeId][msg.sender] = digest;
        uint256 votes = ++_votes[disputeId][digest];
        emit Voted(disputeId, msg.sender, ruling);
        if (votes < _panels[record.panel].threshold) return;

        uint48 appealUntil = uint48(block.timestamp) + record.appealPeriod;
        record.state = DisputeState.RULED;
        record.ruling = ruling;
        record.appealUntil = appealUntil;
        record.executableFrom = appealUntil;
        emit Ruled(disputeId, ruling, appealUntil);
    }

    /// @inheritdoc IDisputeCourt
    function appeal(uint256 disputeId, Ruling calldata ruling) external nonReentrant returns (uint256 proposalId) {
        Dispute storage record = _ruled(disputeId);
        _requireParty(record.claimant, record.respondent);
        _requireBefore(record.appealUntil);
        _requireRuling(ruling);
        bytes32 digest = _digest(ruling);
        if (digest == _digest(record.ruling)) revert AppealAsksForNothing(disputeId);
        if (appealOf[disputeId][msg.sender] != 0) revert AlreadyAppealed(disputeId, msg.sender);
        uint48 voteEnd = uint48(block.timestamp) + voteDuration();
        if (voteEnd + _terms.margin > record.heldUntil) revert NoTimeForAVote(voteEnd, record.heldUntil);
        voteEnd = uint48(Math.max(voteEnd, record.executableFrom));
        (address asset, uint256 bond) = (record.asset, record.bond);

        record.state = DisputeState.APPEALED;
        record.executableFrom = voteEnd;
        appealOf[disputeId][msg.sender] = digest;

        proposalId = _propose(disputeId, ruling);
        emit Appealed(disputeId, msg.sender, proposalId, ruling, voteEnd);
        IERC20(asset).take(msg.sender, bond);
    }

    /// @inheritdoc IDisputeCourt
    function overturn(uint256 disputeId, Ruling calldata ruling) external restricted {
        Dispute storage record = _in(disputeId, DisputeState.APPEALED);
        _requireBefore(record.executableFrom);
        bytes32 digest = _digest(ruling);
        if (digest != appealOf[disputeId][record.claimant] && digest != appealOf[disputeId][record.respondent]) {
            revert NotAppealedFor(disputeId);
        }
        record.ruling = ruling;
        record.appealUntil = uint48(block.timestamp);
        record.executableFrom = uint48(block.timestamp);
        emit Overturned(disputeId, ruling);
    }

    /// @inheritdoc IDisputeCourt
    function execute(uint256 disputeId) external nonReentrant {
        _requireFrom(_ruled(disputeId).executableFrom);
        Dispute memory closed = _close(disputeId, DisputeState.EXECUTED);
        Ruling memory ruling = closed.ruling;
        emit Executed(disputeId, ruling);
        _creditBonds(disputeId, closed);

        // A transaction with too little gas for this has too little for what follows, and fails as a whole.
        if (ruling.suspension) {
            try REGISTRY.suspend(closed.listing) {}
            catch (bytes memory reason) {
                emit Refused(disputeId, address(REGISTRY), reason);
            }
        }
        (address opener,) = _sides(closed);
        try IDisputable(closed.subject).resolve(closed.id, opener, ruling.claimantBps, ruling.damage) {}
        catch (bytes memory reason) {
            _tolerate(disputeId, closed, reason);
        }
    }

    /// @inheritdoc IDisputeCourt
    function dismiss(uint256 disputeId) external nonReentrant {
        _requireFrom(_in(disputeId, DisputeState.OPENED).rulingUntil);
        Dispute memory closed = _close(disputeId, DisputeState.DISMISSED);
        (address opener,) = _sides(closed);
        emit Dismissed(disputeId);
        _credit(disputeId, opener, closed.asset, closed.bond);

        try IDisputable(closed.subject).release(closed.id, opener) {}
        catch (bytes memory reason) {
            _tolerate(disputeId, closed, reason);
        }
    }

    /// @inheritdoc IDisputeCourt
    function withdraw(address asset, address account) external nonReentrant returns (uint256 amount) {
        amount = credits[account][asset];
        if (amount == 0) return 0;
        delete credits[account][asset];
        emit BondWithdrawn(account, asset, amount);

        IERC20(asset).safeTransfer(account, amount);
    }

    // ------------------------------------------------------------------ evaluator of jobs

    /// @inheritdoc IDisputeCourt
    function accept(IEvaluable jobs, uint256 jobId) external nonReentrant {
        if (msg.sender != jobs.clientOf(jobId)) revert NotClient(jobId, msg.sender);
        jobs.complete(jobId, "accepted by the client", "");
    }

    /// @inheritdoc IDisputeCourt
    function acceptByTimeout(IEvaluable jobs, uint256 jobId) external nonReentrant {
        _requireFrom(jobs.acceptableFrom(jobId));
        jobs.complete(jobId, "not disputed in time", "");
    }

    // ------------------------------------------------------------------ DAO

    /// @inheritdoc IDisputeCourt
    function setSubject(address subject, bool allowed) external restricted {
        isSubject[subject] = allowed;
        emit SubjectSet(subject, allowed);
    }

    /// @inheritdoc IDisputeCourt
    function setPanel(address[] calldata members, uint8 threshold) external restricted {
        if (members.length < MIN_MEMBERS || members.length > MAX_MEMBERS) revert MalformedPanel();
        if (threshold >= members.length || 2 * uint256(threshold) <= members.length) revert MalformedPanel();
        uint32 version = ++panelVersion;
        Panel storage elected = _panels[version];
        for (uint256 i = 0; i < members.length; ++i) {
            if (members[i] == address(0) || elected.isMember[members[i]]) revert MalformedPanel();
            elected.isMember[members[i]] = true;
        }
        elected.members = members;
        elected.threshold = threshold;
        emit PanelSet(version, members, threshold);
    }

    /// @inheritdoc IDisputeCourt
    function setTerms(Terms calldata newTerms) external restricted {
        _setTerms(newTerms);
    }

    /// @inheritdoc IDisputeCourt
    function setMinBond(address asset, uint256 amount) external restricted {
        minBond[asset] = amount;
        emit MinBondSet(asset, amount);
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IDisputeCourt
    function dispute(uint256 disputeId) external view returns (Dispute memory) {
        return _disputes[disputeId];
    }

    /// @inheritdoc IDisputeCourt
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IDisputeCourt
    function panel(uint32 version) external view returns (address[] memory members, uint8 threshold) {
        Panel storage record = _panels[version];
        return (record.members, record.threshold);
    }

    /// @inheritdoc IDisputeCourt
    function bondFor(address asset, uint256 amount) public view returns (uint256) {
        return amount.mulDiv(_terms.bondBps, BPS, Math.Rounding.Ceil).max(minBond[asset].min(amount));
    }

    /// @inheritdoc IDisputeCourt
    function maxDuration() public view returns (uint48) {
        Terms memory present = _terms;
        uint48 vote = MAX_VOTE;
        try this.voteDuration() returns (uint48 duration) {
            vote = duration;
        } catch {}
        return vote + present.evidencePeriod + present.rulingPeriod + present.appealPeriod + present.margin;
    }

    /// @inheritdoc IDisputeCourt
    function voteDuration() public view returns (uint48) {
        uint256 delays = GOVERNOR.votingDelay() + GOVERNOR.votingPeriod() + GOVERNOR.lateQuorumVoteExtension()
            + TimelockController(payable(GOVERNOR.timelock())).getMinDelay();
        return uint48(Math.min(delays.saturatingAdd(_terms.margin), MAX_VOTE));
    }

    // ------------------------------------------------------------------ inside

    function _newDispute(IDisputable subject, uint256 id) private view returns (Dispute memory opened) {
        opened.panel = panelVersion;
        if (opened.panel == 0) revert NoPanel();
        Case memory disputed = subject.caseOf(id, msg.sender);
        _requireParty(disputed.claimant, disputed.respondent);
        Terms memory present = _terms;

        opened.subject = address(subject);
        opened.state = DisputeState.OPENED;
        opened.openedByClaimant = msg.sender == disputed.claimant;
        opened.claimant = disputed.claimant;
        opened.evidenceUntil = uint48(block.timestamp) + present.evidencePeriod;
        opened.rulingUntil = opened.evidenceUntil + present.rulingPeriod;
        opened.respondent = disputed.respondent;
        opened.asset = disputed.asset;
        opened.listing = disputed.listing.toUint96();
        opened.titleOwner = REGISTRY.ownerOf(disputed.listing);
        opened.heldUntil = uint48(block.timestamp) + maxDuration();
        opened.appealPeriod = present.appealPeriod;
        opened.id = id;
        opened.bond = bondFor(disputed.asset, disputed.amount).toUint128();
    }

    /// @dev The description names the court as the only proposer, so that nobody can take the place of an appeal.
    function _propose(uint256 disputeId, Ruling calldata ruling) private returns (uint256) {
        address[] memory targets = new address[](1);
        uint256[] memory values = new uint256[](1);
        bytes[] memory calls = new bytes[](1);
        targets[0] = address(this);
        calls[0] = abi.encodeCall(this.overturn, (disputeId, ruling));
        string memory description = string.concat(
            "Appeal of ",
            msg.sender.toHexString(),
            " in dispute ",
            disputeId.toString(),
            "#proposer=",
            address(this).toHexString()
        );
        return GOVERNOR.propose(targets, values, calls, description);
    }

    function _close(uint256 disputeId, DisputeState state) private returns (Dispute memory closed) {
        _disputes[disputeId].state = state;
        closed = _disputes[disputeId];
        (address opener,) = _sides(closed);
        delete openDisputeOf[closed.subject][closed.id][opener];
    }

    function _creditBonds(uint256 disputeId, Dispute memory closed) private {
        Ruling memory ruling = closed.ruling;
        (address opener, address other) = _sides(closed);
        bool openerPrevails =
            closed.openedByClaimant ? ruling.claimantBps > 0 || ruling.suspension : ruling.claimantBps < BPS;
        bytes32 digest = _digest(ruling);
        bytes32 openerAsked = appealOf[disputeId][opener];
        bytes32 otherAsked = appealOf[disputeId][other];

        uint256 bonds = 1;
        uint256 toOpener = openerPrevails ? 1 : 0;
        if (openerAsked != 0) {
            ++bonds;
            if (openerAsked == digest) ++toOpener;
        }
        // Whoever is both sides appealed once, not twice.
        if (other != opener && otherAsked != 0) {
            ++bonds;
            if (otherAsked != digest) ++toOpener;
        }
        _credit(disputeId, opener, closed.asset, toOpener * closed.bond);
        _credit(disputeId, other, closed.asset, (bonds - toOpener) * closed.bond);
    }

    function _credit(uint256 disputeId, address account, address asset, uint256 amount) private {
        if (amount == 0) return;
        credits[account][asset] += amount;
        emit BondCredited(disputeId, account, asset, amount);
    }

    /// @dev While the subject is held, its failure is everybody's: whoever lacks the gas, or comes too early, cannot skip it.
    function _tolerate(uint256 disputeId, Dispute memory closed, bytes memory reason) private {
        if (block.timestamp < closed.heldUntil) LowLevelCall.bubbleRevert(reason);
        emit Refused(disputeId, closed.subject, reason);
    }

    function _setTerms(Terms memory newTerms) private {
        Terms memory old = _terms;
        uint256 min = Chains.isDevelopment() ? 1 : MIN_PERIOD;
        _terms = newTerms;
        _change("evidencePeriod", old.evidencePeriod, newTerms.evidencePeriod, min, MAX_EVIDENCE_PERIOD);
        _change("rulingPeriod", old.rulingPeriod, newTerms.rulingPeriod, min, MAX_RULING_PERIOD);
        _change("appealPeriod", old.appealPeriod, newTerms.appealPeriod, min, MAX_APPEAL_PERIOD);
        _change("margin", old.margin, newTerms.margin, min, MAX_MARGIN);
        _change("bondBps", old.bondBps, newTerms.bondBps, MIN_BOND_BPS, MAX_BOND_BPS);
    }

    function _change(bytes32 key, uint256 oldValue, uint256 newValue, uint256 min, uint256 max) private {
        if (newValue < min || newValue > max) revert ParameterOutOfBounds(key, newValue, min, max);
        emit ParameterChanged(key, oldValue, newValue);
    }

    function _sides(Dispute memory record) private pure returns (address opener, address other) {
        return record.openedByClaimant ? (record.claimant, record.respondent) : (record.respondent, record.claimant);
    }

    function _in(uint256 disputeId, DisputeState state) private view returns (Dispute storage record) {
        record = _disputes[disputeId];
        if (record.state != state) revert WrongState(disputeId, record.state);
    }

    function _ruled(uint256 disputeId) private view returns (Dispute storage record) {
        record = _disputes[disputeId];
        DisputeState state = record.state;
        if (state != DisputeState.RULED && state != DisputeState.APPEALED) revert WrongState(disputeId, state);
    }

    function _requireJudge(uint256 disputeId, Dispute storage record) private view {
        if (!_panels[record.panel].isMember[msg.sender]) revert NotOnPanel(disputeId, msg.sender);
        bool conflict = msg.sender == record.claimant || msg.sender == record.respondent
            || msg.sender == record.titleOwner || msg.sender == REGISTRY.ownerOf(record.listing);
        if (conflict) revert ConflictOfInterest(disputeId, msg.sender);
    }

    function _requireParty(address claimant, address respondent) private view {
        if (msg.sender != claimant && msg.sender != respondent) revert NotParty(msg.sender);
    }

    function _requireFrom(uint256 time) private view {
        if (block.timestamp < time) revert TooEarly(time);
    }

    function _requireBefore(uint256 time) private view {
        if (block.timestamp >= time) revert TooLate(time);
    }

    function _requireRuling(Ruling calldata ruling) private pure {
        if (ruling.claimantBps > BPS) revert RulingOutOfRange(ruling.claimantBps);
    }

    function _requireEvidence(bytes calldata cid, bytes32 sha256Hash) private pure {
        if (cid.length < 4 || cid.length > MAX_CID_BYTES || cid[0] != 0x01 || sha256Hash == 0) {
            revert MalformedEvidence(cid, sha256Hash);
        }
    }

    function _digest(Ruling memory ruling) private pure returns (bytes32) {
        return keccak256(abi.encode(ruling));
    }
}
