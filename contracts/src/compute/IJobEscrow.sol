// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputable} from "../governance/IDisputable.sol";
import {IEvaluable} from "../governance/IEvaluable.sol";
import {IParameters} from "../governance/IParameters.sol";
import {Authorization} from "../token/ExactTransfer.sol";
import {IPayouts} from "./IPayouts.sol";

/// @notice How far a job is. The order is that of ERC-8183 and never changes.
enum JobStatus {
    OPEN,
    FUNDED,
    SUBMITTED,
    COMPLETED,
    REJECTED,
    EXPIRED
}

/// @notice A job. Its description and its deliverable are in the events only.
/// @param client pays, and is paid back
/// @param expiredAt first second at which whatever is still escrowed goes back to the client
/// @param submittedAt when the work was handed in; zero before
/// @param provider may set the budget and hand the work in; zero until it is chosen
/// @param heldUntil first second at which the dispute no longer holds the job; zero if there is none
/// @param status how far it is
/// @param feeBps hundredths of a percent of what the provider earns that go to the evaluator; fixed when it is funded
/// @param asset the token of the budget
/// @param listing that does the job
/// @param hook is told about every step; zero is nobody
/// @param budget atomic units of the asset
/// @param splitter of the listing when the job was funded, which earns the budget; zero before. Splits that are set later
/// are for jobs funded later
struct Job {
    address client;
    uint48 expiredAt;
    uint48 submittedAt;
    address provider;
    uint48 heldUntil;
    JobStatus status;
    uint16 feeBps;
    address asset;
    uint96 listing;
    address hook;
    uint96 budget;
    address splitter;
}

/// @title Escrowed jobs with an evaluator
/// @notice ERC-8183, "Agentic Commerce", in the draft of the ERCs repository created on 2026-02-25 and merged as pull
/// request 1581. Functions, states and events are those of the draft. What is different here:
///
/// - Every job belongs to a listing. Its provider is the owner of the title or the user of the listing when it is set, and
///   what it earns goes to the splitter that the listing had at funding.
/// - The evaluator of every job is the court. It completes what the client accepts, or what nobody has disputed in time.
/// - The token is chosen per job. The description is in {JobDescribed} only.
/// - Hooks are allow-listed by the DAO and run on at most {HOOK_GAS}. They may refuse the steps that lead to a submission;
///   they are told about {complete} and {reject}, but cannot stop them. Rulings are not hookable.
/// - The fee of the evaluator is the rate at funding, taken from what the provider earns, never from a refund.
/// - Work must be handed in {WINDOW} seconds before the expiry, so that acceptance, a dispute, and acceptance after a
///   dispute that came to nothing all end before it. A job on which no work can be handed in any more is refunded at once.
/// - After the expiry there is nothing but the refund; {complete} reverts too.
///
/// Timeline of a job whose work was handed in at s: until s + {ACCEPTANCE_WINDOW} the client can dispute it; a dispute
/// holds it for {DISPUTE_WINDOW} at most; then {ACCEPTANCE_WINDOW} seconds at least are left in which anyone can have it
/// accepted. {WINDOW} is the sum of the three.
///
/// Invariants: the escrow's balance of an asset is the sum of the budgets of its funded and submitted jobs and of the
/// payments held; a budget is paid out once, in full, to the splitter, the evaluator and the client together; from every
/// state that holds money there is a way out that needs nothing but time.
interface IJobEscrow is IDisputable, IEvaluable, IParameters, IPayouts {
    // ------------------------------------------------------------------ events

    /// @notice A job exists. `provider` is zero if it is chosen later.
    event JobCreated(
        uint256 indexed jobId, address indexed client, address indexed provider, address evaluator, uint256 expiredAt
    );

    /// @notice What the new job is about. Sent with {JobCreated}.
    event JobDescribed(
        uint256 indexed jobId, uint256 indexed listing, address indexed asset, address hook, string description
    );

    /// @notice The provider of the job was chosen.
    event ProviderSet(uint256 indexed jobId, address indexed provider);

    /// @notice The budget of the job is `amount` atomic units from now on.
    event BudgetSet(uint256 indexed jobId, uint256 amount);

    /// @notice The budget was escrowed. The evaluator's fee of this job is the present one, whatever it will be later.
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /// @notice The work was handed in.
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);

    /// @notice The work was accepted, or the court awarded a part of the budget for it.
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);

    /// @notice The job was called off by its client, or refused by the evaluator.
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);

    /// @notice The job ended because its time was up.
    event JobExpired(uint256 indexed jobId);

    /// @notice What the provider earned went to the listing's splitter.
    event PaymentReleased(uint256 indexed jobId, address indexed splitter, uint256 amount);

    /// @notice The evaluator's fee was paid.
    event EvaluatorFeePaid(uint256 indexed jobId, address indexed recipient, uint256 amount);

    /// @notice What was escrowed, or the part that the court awarded to the client, went back to it.
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /// @notice The client disputes the work. Nobody can accept it before `until` unless the court has decided.
    event JobHeld(uint256 indexed jobId, uint48 until);

    /// @notice The dispute was dismissed.
    event JobReleased(uint256 indexed jobId);

    /// @notice New jobs may, or may no longer, name this hook.
    event HookAllowed(address indexed hook, bool allowed);

    /// @notice The job's hook failed, ran out of gas or objected where it has no say.
    event HookFailed(uint256 indexed jobId, address indexed hook, bytes4 selector);

    // ------------------------------------------------------------------ errors

    /// @notice There is no such job.
    error UnknownJob(uint256 jobId);

    /// @notice The job is not in a state in which this can be done.
    error WrongStatus(uint256 jobId, JobStatus status);

    /// @notice The caller, or the payer, is not the client of the job.
    error NotClient(uint256 jobId, address caller);

    /// @notice The caller is not the provider of the job.
    error NotProvider(uint256 jobId, address caller);

    /// @notice A provider is the owner of the listing's title, or its user.
    error NotProviderOfListing(uint256 listing, address provider);

    /// @notice The provider was chosen already.
    error ProviderAlreadySet(uint256 jobId);

    /// @notice A job cannot be funded before its provider is chosen.
    error ProviderNotSet(uint256 jobId);

    /// @notice The listing is not active.
    error ListingNotForSale(uint256 listing);

    /// @notice The budget is not what the client expects, or is nothing.
    error UnexpectedBudget(uint256 expected, uint256 budget);

    /// @notice A job expires neither so early that no work could be handed in, nor after two years.
    error ExpiryOutOfBounds(uint256 expiredAt, uint256 min, uint256 max);

    /// @notice Acceptance and a dispute could not end before the job expires.
    error TooLate(uint256 jobId, uint256 latest);

    /// @notice The job expired; its budget can only go back to the client.
    error JobHasExpired(uint256 jobId);

    /// @notice The budget cannot be claimed back before this second.
    error NotYetRefundable(uint256 jobId, uint256 refundableAt);

    /// @notice The DAO has not allowed this hook.
    error HookNotAllowed(address hook);

    /// @notice The job's hook objects.
    error HookRefused(uint256 jobId, address hook);

    /// @notice The transaction has too little gas left to let the hook have its share.
    error NotEnoughGasForHook(uint256 gasLeft);

    /// @notice Somebody must receive the evaluator's fee.
    error MissingFeeRecipient();

    // ------------------------------------------------------------------ ERC-8183

    /// @notice Creates a job in the name of the caller, its client. Restricted: open to anyone unless closed.
    /// @param listing whose splitter is to earn the budget
    /// @param asset the token of the budget; must move exactly the amounts asked
    /// @param provider the owner of the listing's title or its user; zero to choose later
    /// @param expiredAt at least {WINDOW} seconds and at most two years from now
    /// @param description what is to be done, or where that is written
    /// @param hook one that the DAO allows, or zero
    function createJob(
        uint256 listing,
        address asset,
        address provider,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external returns (uint256 jobId);

    /// @notice Chooses the provider of an open job that has none. For the client.
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external;

    /// @notice Sets the budget of an open job. For the client and the provider.
    /// @param amount atomic units, below 2^96
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external;

    /// @notice Escrows the budget out of the caller's allowance. For the client, while work can still be handed in in time.
    /// Restricted: open to anyone unless closed.
    /// @param expectedBudget guards against a change that the client has not seen; at least 1
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external;

    /// @notice As {fund}, paid by an EIP-3009 authorization of the client with the nonce {fundNonce}. Anyone may submit it.
    /// Restricted: open to anyone unless closed.
    function fundWithAuthorization(
        uint256 jobId,
        uint256 expectedBudget,
        bytes calldata optParams,
        Authorization calldata authorization
    ) external;

    /// @notice Hands the work in, at least {WINDOW} seconds before the job expires. For the provider.
    /// @param deliverable digest of the work
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external;

    /// @notice Calls an open job off, for the client; or refunds a funded or submitted one, for the court as the evaluator.
    /// @param reason digest of what led to it; may be zero
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Gives the budget back to the client, when the job has expired or no work can be handed in any more. Open to
    /// anyone; not hookable.
    function claimRefund(uint256 jobId) external;

    // ------------------------------------------------------------------ DAO

    /// @notice Lets new jobs name `hook`, or forbids it. Jobs that have it keep it. Restricted to the DAO.
    function setHook(address hook, bool allowed) external;

    /// @notice Sets the evaluator's fee of jobs that are funded from now on, and who receives it, also for earlier ones.
    /// Restricted to the DAO. Parameters `evaluatorFeeBps` and `evaluatorFeeRecipient`.
    /// @param bps at most 500
    function setEvaluatorFee(address recipient, uint16 bps) external;

    // ------------------------------------------------------------------ reads

    /// @notice All that is on record about a job; zeros if there is none.
    function job(uint256 jobId) external view returns (Job memory);

    /// @notice How many jobs there are; also the highest id.
    function jobCount() external view returns (uint256);

    /// @notice First second at which {claimRefund} pays, if nothing happens before. Zero if nothing is escrowed.
    function refundableAt(uint256 jobId) external view returns (uint256);

    /// @notice The nonce of the authorization that {fundWithAuthorization} takes.
    function fundNonce(uint256 jobId, uint256 expectedBudget, bytes calldata optParams, bytes32 salt)
        external
        view
        returns (bytes32);

    /// @notice Whether new jobs may name this hook.
    function isHookAllowed(address hook) external view returns (bool);

    /// @notice Who receives the evaluator's fee, and how many hundredths of a percent of new jobs it is.
    function evaluatorFee() external view returns (address recipient, uint16 bps);

    /// @notice Seconds that the client has to dispute submitted work, and that anyone has to have it accepted.
    function ACCEPTANCE_WINDOW() external view returns (uint48);

    /// @notice Seconds that a dispute can take at most.
    function DISPUTE_WINDOW() external view returns (uint48);

    /// @notice Seconds before the expiry by which work must be handed in.
    function WINDOW() external view returns (uint48);

    /// @notice Gas that a hook may use per call.
    function HOOK_GAS() external view returns (uint256);

    /// @notice The evaluator of every job.
    function COURT() external view returns (address);
}
