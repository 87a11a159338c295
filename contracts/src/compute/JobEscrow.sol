// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case, IDisputable} from "../governance/IDisputable.sol";
import {IEvaluable} from "../governance/IEvaluable.sol";
import {IListingRegistry, Status} from "../listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {IJobEscrow, Job, JobStatus} from "./IJobEscrow.sol";
import {IJobHook} from "./IJobHook.sol";
import {Payouts} from "./Payouts.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract JobEscrow is IJobEscrow, Payouts, PermitMulticall, AccessManaged {
    using ExactTransfer for IERC20;
    using SafeCast for uint256;

    uint256 private constant BPS = 10_000;
    uint16 private constant MAX_FEE_BPS = 500;
    uint48 private constant MIN_WINDOW = 1 minutes;
    uint48 private constant MAX_ACCEPTANCE = 30 days;
    uint48 private constant MAX_DISPUTE = 180 days;
    uint256 private constant MAX_LIFE = 730 days;
    /// More than it costs to call a hook, beside what the hook itself uses.
    uint256 private constant HOOK_OVERHEAD = 20_000;

    /// @inheritdoc IJobEscrow
    uint256 public constant HOOK_GAS = 200_000;

    /// @inheritdoc IJobEscrow
    address public immutable COURT;

    /// @inheritdoc IJobEscrow
    uint48 public immutable ACCEPTANCE_WINDOW;

    /// @inheritdoc IJobEscrow
    uint48 public immutable DISPUTE_WINDOW;

    /// @inheritdoc IJobEscrow
    uint48 public immutable WINDOW;

    /// @notice Knows who owns a title, and the splitter of every listing.
    IListingRegistry public immutable REGISTRY;

    address private _feeRecipient;
    uint16 private _feeBps;
    mapping(uint256 jobId => Job) private _jobs;

    /// @inheritdoc IJobEscrow
    uint256 public jobCount;

    /// @inheritdoc IJobEscrow
    mapping(address hook => bool) public isHookAllowed;

    /// @param authority decides who may call the restricted functions
    /// @param court evaluates every job, and rules on disputes
    /// @param acceptanceWindow seconds, from a minute to 30 days
    /// @param disputeWindow seconds, from a minute to 180 days; no less than the court can take for a dispute
    /// @param feeRecipient receives the evaluator's fee
    /// @param feeBps hundredths of a percent, at most 500
    constructor(
        address authority,
        IListingRegistry registry,
        address court,
        uint48 acceptanceWindow,
        uint48 disputeWindow,
        address feeRecipient,
        uint16 feeBps
    ) AccessManaged(authority) {
        _requireWithin("acceptanceWindow", acceptanceWindow, MIN_WINDOW, MAX_ACCEPTANCE);
        _requireWithin("disputeWindow", disputeWindow, MIN_WINDOW, MAX_DISPUTE);
        REGISTRY = registry;
        COURT = court;
        ACCEPTANCE_WINDOW = acceptanceWindow;
        DISPUTE_WINDOW = disputeWindow;
        WINDOW = 2 * acceptanceWindow + disputeWindow;
        _setEvaluatorFee(feeRecipient, feeBps);
    }

    modifier onlyCourt() {
        if (msg.sender != COURT) revert NotCourt(msg.sender);
        _;
    }

    /// @dev Tells the job's hook before and after the step, which it can refuse or not.
    modifier hooked(uint256 jobId, bytes4 step, bytes memory data, bool canRefuse) {
        _tell(IJobHook.beforeAction.selector, jobId, step, data, canRefuse);
        _;
        _tell(IJobHook.afterAction.selector, jobId, step, data, canRefuse);
    }

    // ------------------------------------------------------------------ ERC-8183

    /// @inheritdoc IJobEscrow
    function createJob(
        uint256 listing,
        address asset,
        address provider,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external restricted returns (uint256 jobId) {
        if (provider == address(0)) REGISTRY.ownerOf(listing);
        else _requireProviderOf(listing, provider);
        uint256 earliest = block.timestamp + WINDOW;
        uint256 latest = block.timestamp + MAX_LIFE;
        if (expiredAt < earliest || expiredAt > latest) revert ExpiryOutOfBounds(expiredAt, earliest, latest);
        if (hook != address(0) && !isHookAllowed[hook]) revert HookNotAllowed(hook);

        jobId = ++jobCount;
        Job storage created = _jobs[jobId];
        created.client = msg.sender;
        created.expiredAt = uint48(expiredAt);
        created.provider = provider;
        created.asset = asset;
        created.listing = listing.toUint96();
        created.hook = hook;
        emit JobCreated(jobId, msg.sender, provider, COURT, expiredAt);
        emit JobDescribed(jobId, listing, asset, hook, description);
    }

    /// @inheritdoc IJobEscrow
    function setProvider(uint256 jobId, address provider, bytes calldata optParams)
        external
        nonReentrant
        hooked(jobId, this.setProvider.selector, abi.encode(provider, optParams), true)
    {
        Job storage open = _jobs[jobId];
        if (msg.sender != open.client) revert NotClient(jobId, msg.sender);
        _requireStatus(jobId, open.status, JobStatus.OPEN);
        if (open.provider != address(0)) revert ProviderAlreadySet(jobId);
        _requireProviderOf(open.listing, provider);

        open.provider = provider;
        emit ProviderSet(jobId, provider);
    }

    /// @inheritdoc IJobEscrow
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams)
        external
        nonReentrant
        hooked(jobId, this.setBudget.selector, abi.encode(amount, optParams), true)
    {
        Job storage open = _jobs[jobId];
        if (msg.sender != open.client && msg.sender != open.provider) revert NotClient(jobId, msg.sender);
        _requireStatus(jobId, open.status, JobStatus.OPEN);

        open.budget = amount.toUint96();
        emit BudgetSet(jobId, amount);
    }

    /// @inheritdoc IJobEscrow
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams)
        external
        restricted
        nonReentrant
        hooked(jobId, this.fund.selector, optParams, true)
    {
        _fund(jobId, msg.sender, expectedBudget).take(msg.sender, expectedBudget);
    }

    /// @inheritdoc IJobEscrow
    function fundWithAuthorization(
        uint256 jobId,
        uint256 expectedBudget,
        bytes calldata optParams,
        Authorization calldata authorization
    ) external restricted nonReentrant hooked(jobId, this.fund.selector, optParams, true) {
        IERC20 asset = _fund(jobId, authorization.payer, expectedBudget);
        asset.take(authorization, expectedBudget, fundNonce(jobId, expectedBudget, optParams, authorization.salt));
    }

    /// @inheritdoc IJobEscrow
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams)
        external
        nonReentrant
        hooked(jobId, this.submit.selector, abi.encode(deliverable, optParams), true)
    {
        Job storage funded = _jobs[jobId];
        _requireStatus(jobId, funded.status, JobStatus.FUNDED);
        if (msg.sender != funded.provider) revert NotProvider(jobId, msg.sender);
        _requireTime(jobId, funded.expiredAt);

        funded.status = JobStatus.SUBMITTED;
        funded.submittedAt = uint48(block.timestamp);
        emit JobSubmitted(jobId, msg.sender, deliverable);
    }

    /// @inheritdoc IEvaluable
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams)
        external
        onlyCourt
        nonReentrant
        hooked(jobId, this.complete.selector, abi.encode(reason, optParams), false)
    {
        Job storage submitted = _jobs[jobId];
        _requireStatus(jobId, submitted.status, JobStatus.SUBMITTED);
        if (block.timestamp >= submitted.expiredAt) revert JobHasExpired(jobId);

        submitted.status = JobStatus.COMPLETED;
        emit JobCompleted(jobId, msg.sender, reason);
        _settle(jobId, submitted, 0, _pay);
    }

    /// @inheritdoc IJobEscrow
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams)
        external
        nonReentrant
        hooked(jobId, this.reject.selector, abi.encode(reason, optParams), false)
    {
        Job storage unsettled = _jobs[jobId];
        JobStatus status = unsettled.status;
        if (status == JobStatus.OPEN) {
            if (msg.sender != unsettled.client) revert NotClient(jobId, msg.sender);
        } else {
            if (status > JobStatus.SUBMITTED) revert WrongStatus(jobId, status);
            if (msg.sender != COURT) revert NotCourt(msg.sender);
        }

        unsettled.status = JobStatus.REJECTED;
        emit JobRejected(jobId, msg.sender, reason);
        if (status != JobStatus.OPEN) _settle(jobId, unsettled, unsettled.budget, _pay);
    }

    /// @inheritdoc IJobEscrow
    function claimRefund(uint256 jobId) external nonReentrant {
        Job storage over = _jobs[jobId];
        uint256 from = refundableAt(jobId);
        if (from == 0) revert WrongStatus(jobId, over.status);
        if (block.timestamp < from) revert NotYetRefundable(jobId, from);

        over.status = JobStatus.EXPIRED;
        emit JobExpired(jobId);
        _settle(jobId, over, over.budget, _pay);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IDisputable
    function caseOf(uint256 jobId, address opener) public view returns (Case memory) {
        Job storage disputed = _jobs[jobId];
        if (
            disputed.status != JobStatus.SUBMITTED || opener != disputed.client
                || block.timestamp >= disputed.submittedAt + ACCEPTANCE_WINDOW || block.timestamp < disputed.heldUntil
        ) revert NotDisputable(jobId);
        return Case(disputed.listing, disputed.client, disputed.provider, disputed.asset, disputed.budget);
    }

    /// @inheritdoc IDisputable
    function hold(uint256 jobId, address opener, uint48 until) external onlyCourt nonReentrant {
        caseOf(jobId, opener);
        until = uint48(Math.min(until, block.timestamp + DISPUTE_WINDOW));
        _jobs[jobId].heldUntil = until;
        emit JobHeld(jobId, until);
    }

    /// @inheritdoc IDisputable
    /// @dev Changes nothing if the job was settled meanwhile: accepted by its client, or by anyone after the hold.
    function resolve(uint256 jobId, address, uint16 claimantBps, uint256) external onlyCourt nonReentrant {
        Job storage disputed = _requireHeld(jobId);
        if (disputed.status != JobStatus.SUBMITTED) return;
        uint256 toClient = uint256(disputed.budget) * claimantBps / BPS;

        if (claimantBps < BPS) {
            disputed.status = JobStatus.COMPLETED;
            emit JobCompleted(jobId, msg.sender, 0);
        } else {
            disputed.status = JobStatus.REJECTED;
            emit JobRejected(jobId, msg.sender, 0);
        }
        _settle(jobId, disputed, toClient, _keep);
    }

    /// @inheritdoc IDisputable
    function release(uint256 jobId, address) external onlyCourt nonReentrant {
        _requireHeld(jobId).heldUntil = 0;
        emit JobReleased(jobId);
    }

    // ------------------------------------------------------------------ DAO

    /// @inheritdoc IJobEscrow
    function setHook(address hook, bool allowed) external restricted {
        isHookAllowed[hook] = allowed;
        emit HookAllowed(hook, allowed);
    }

    /// @inheritdoc IJobEscrow
    function setEvaluatorFee(address recipient, uint16 bps) external restricted {
        _setEvaluatorFee(recipient, bps);
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IJobEscrow
    function job(uint256 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IJobEscrow
    function refundableAt(uint256 jobId) public view returns (uint256) {
        Job storage escrowed = _jobs[jobId];
        if (escrowed.status == JobStatus.FUNDED) return escrowed.expiredAt - WINDOW + 1;
        return escrowed.status == JobStatus.SUBMITTED ? escrowed.expiredAt : 0;
    }

    /// @inheritdoc IEvaluable
    function clientOf(uint256 jobId) external view returns (address client) {
        client = _jobs[jobId].client;
        if (client == address(0)) revert UnknownJob(jobId);
    }

    /// @inheritdoc IEvaluable
    function acceptableFrom(uint256 jobId) external view returns (uint48) {
        Job storage submitted = _jobs[jobId];
        bool acceptable = submitted.status == JobStatus.SUBMITTED && block.timestamp >= submitted.heldUntil
            && block.timestamp < submitted.expiredAt;
        return acceptable ? submitted.submittedAt + ACCEPTANCE_WINDOW : type(uint48).max;
    }

    /// @inheritdoc IJobEscrow
    function fundNonce(uint256 jobId, uint256 expectedBudget, bytes calldata optParams, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        bytes4 selector = this.fundWithAuthorization.selector;
        return keccak256(abi.encode(block.chainid, address(this), selector, jobId, expectedBudget, optParams, salt));
    }

    /// @inheritdoc IJobEscrow
    function evaluatorFee() external view returns (address recipient, uint16 bps) {
        return (_feeRecipient, _feeBps);
    }

    // ------------------------------------------------------------------ inside

    /// @return asset what the budget has to be taken in
    function _fund(uint256 jobId, address payer, uint256 expectedBudget) private returns (IERC20 asset) {
        Job storage open = _jobs[jobId];
        if (payer != open.client) revert NotClient(jobId, payer);
        _requireStatus(jobId, open.status, JobStatus.OPEN);
        if (open.provider == address(0)) revert ProviderNotSet(jobId);
        if (open.budget != expectedBudget || expectedBudget == 0) revert UnexpectedBudget(expectedBudget, open.budget);
        if (REGISTRY.listing(open.listing).status != Status.ACTIVE) revert ListingNotForSale(open.listing);
        _requireTime(jobId, open.expiredAt);

        open.status = JobStatus.FUNDED;
        open.feeBps = _feeBps;
        open.splitter = REGISTRY.splitterOf(open.listing);
        emit JobFunded(jobId, payer, expectedBudget);
        return IERC20(open.asset);
    }

    /// @dev Pays the whole budget out by `pay`: `toClient` of it back, the rest as earned.
    function _settle(
        uint256 jobId,
        Job storage settled,
        uint256 toClient,
        function(address, address, uint256) internal pay
    ) private {
        address client = settled.client;
        address asset = settled.asset;
        address splitter = settled.splitter;
        address recipient = _feeRecipient;
        uint256 earned = settled.budget - toClient;
        uint256 fee = earned * settled.feeBps / BPS;
        if (earned > fee) emit PaymentReleased(jobId, splitter, earned - fee);
        if (fee > 0) emit EvaluatorFeePaid(jobId, recipient, fee);
        if (toClient > 0) emit Refunded(jobId, client, toClient);

        pay(asset, splitter, earned - fee);
        pay(asset, recipient, fee);
        pay(asset, client, toClient);
    }

    /// @dev A call without code to answer it succeeds: a hook that is gone stops nobody.
    function _tell(bytes4 moment, uint256 jobId, bytes4 step, bytes memory data, bool canRefuse) private {
        address hook = _jobs[jobId].hook;
        if (hook == address(0)) return;
        bytes memory call = abi.encodeWithSelector(moment, jobId, step, data);
        if (gasleft() * 63 / 64 < HOOK_GAS + HOOK_OVERHEAD) revert NotEnoughGasForHook(gasleft());
        (bool agreed,) = hook.call{gas: HOOK_GAS}(call);
        if (agreed) return;
        if (canRefuse) revert HookRefused(jobId, hook);
        emit HookFailed(jobId, hook, step);
    }

    function _setEvaluatorFee(address recipient, uint16 bps) private {
        if (recipient == address(0)) revert MissingFeeRecipient();
        _requireWithin("evaluatorFeeBps", bps, 0, MAX_FEE_BPS);
        (address oldRecipient, uint16 oldBps) = (_feeRecipient, _feeBps);
        (_feeRecipient, _feeBps) = (recipient, bps);
        emit ParameterChanged("evaluatorFeeBps", oldBps, bps);
        emit ParameterChanged("evaluatorFeeRecipient", uint160(oldRecipient), uint160(recipient));
    }

    function _requireHeld(uint256 jobId) private view returns (Job storage disputed) {
        disputed = _jobs[jobId];
        if (disputed.heldUntil == 0) revert NotDisputable(jobId);
    }

    function _requireProviderOf(uint256 listing, address provider) private view {
        if (provider != REGISTRY.ownerOf(listing) && (provider == address(0) || provider != REGISTRY.userOf(listing))) {
            revert NotProviderOfListing(listing, provider);
        }
    }

    function _requireTime(uint256 jobId, uint256 expiredAt) private view {
        if (block.timestamp + WINDOW > expiredAt) revert TooLate(jobId, expiredAt - WINDOW);
    }

    function _requireStatus(uint256 jobId, JobStatus status, JobStatus required) private pure {
        if (status != required) revert WrongStatus(jobId, status);
    }

    function _requireWithin(bytes32 key, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert ParameterOutOfBounds(key, value, min, max);
    }
}
