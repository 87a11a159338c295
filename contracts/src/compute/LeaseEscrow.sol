// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case, IDisputable} from "../governance/IDisputable.sol";
import {IListingRegistry, Status} from "../listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {CloseReason, ILeaseEscrow, Lease, LeaseQuote, LeaseStatus} from "./ILeaseEscrow.sol";
import {Payouts} from "./Payouts.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract LeaseEscrow is ILeaseEscrow, Payouts, PermitMulticall, AccessManaged, EIP712 {
    using ExactTransfer for IERC20;
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "LeaseQuote(uint256 listing,bytes32 capacityId,address asset,uint96 ratePerHour,uint128 minDeposit,address tenant,address operator,uint32 provisionSeconds,uint48 expiresAt,uint48 maxEnd,bytes32 salt)"
    );
    uint256 private constant BPS = 10_000;
    uint256 private constant HOUR = 3_600;
    uint256 private constant MAX_PROVISION = 7 days;
    uint256 private constant MAX_TERM = 366 days;
    uint48 private constant MIN_WINDOW = 1 minutes;
    uint48 private constant MAX_DISPUTE = 180 days;

    /// @inheritdoc ILeaseEscrow
    uint48 public constant RETENTION = 24 hours;

    /// @inheritdoc ILeaseEscrow
    address public immutable COURT;

    /// @inheritdoc ILeaseEscrow
    uint48 public immutable DISPUTE_WINDOW;

    /// @notice Knows who owns a title, and the splitter of every listing.
    IListingRegistry public immutable REGISTRY;

    mapping(uint256 id => Lease) private _leases;

    /// @param authority decides who may call the restricted functions
    /// @param court rules on disputes
    /// @param disputeWindow seconds, from a minute to 180 days; no less than the court can take for a dispute
    constructor(address authority, IListingRegistry registry, address court, uint48 disputeWindow)
        AccessManaged(authority)
        EIP712("Stoa Lease Escrow", "1")
    {
        if (disputeWindow < MIN_WINDOW || disputeWindow > MAX_DISPUTE) {
            revert ParameterOutOfBounds("disputeWindow", disputeWindow, MIN_WINDOW, MAX_DISPUTE);
        }
        REGISTRY = registry;
        COURT = court;
        DISPUTE_WINDOW = disputeWindow;
    }

    modifier onlyCourt() {
        if (msg.sender != COURT) revert NotCourt(msg.sender);
        _;
    }

    // ------------------------------------------------------------------ leases

    /// @inheritdoc ILeaseEscrow
    function open(LeaseQuote calldata quote, bytes calldata signature, uint128 deposit)
        external
        restricted
        nonReentrant
        returns (uint256 id)
    {
        id = _open(quote, signature, deposit, msg.sender);
        IERC20(quote.asset).take(msg.sender, deposit);
    }

    /// @inheritdoc ILeaseEscrow
    function openWithAuthorization(
        LeaseQuote calldata quote,
        bytes calldata signature,
        uint128 deposit,
        Authorization calldata authorization
    ) external restricted nonReentrant returns (uint256 id) {
        id = _open(quote, signature, deposit, authorization.payer);
        bytes32 nonce = openNonce(quote, signature, deposit, authorization.salt);
        IERC20(quote.asset).take(authorization, deposit, nonce);
    }

    /// @inheritdoc ILeaseEscrow
    function activate(uint256 id) external {
        Lease storage opened = _leases[id];
        if (opened.status != LeaseStatus.PROVISIONING) revert WrongStatus(id, opened.status);
        if (!_isProvider(opened, msg.sender)) revert NotProvider(id, msg.sender);
        if (block.timestamp > opened.provisionBy) revert TooLateToProvision(id, opened.provisionBy);

        uint48 activatedAt = uint48(block.timestamp);
        opened.status = LeaseStatus.ACTIVE;
        opened.activatedAt = activatedAt;
        emit LeaseActivated(id, activatedAt);
    }

    /// @inheritdoc ILeaseEscrow
    function topUp(uint256 id, uint128 amount) external nonReentrant {
        Lease storage running = _requireOpen(id);
        if (_endReason(running) != CloseReason.NONE) revert LeaseHasEnded(id);

        running.deposit += amount;
        emit LeaseToppedUp(id, msg.sender, amount);

        IERC20(running.asset).take(msg.sender, amount);
    }

    /// @inheritdoc ILeaseEscrow
    function withdraw(uint256 id) external nonReentrant returns (uint256 amount) {
        amount = withdrawable(id);
        if (amount == 0) return 0;

        Lease storage earning = _leases[id];
        address splitter = earning.splitter;
        earning.settled += amount.toUint128();
        emit LeaseWithdrawn(id, splitter, amount);

        IERC20(earning.asset).safeTransfer(splitter, amount);
    }

    /// @inheritdoc ILeaseEscrow
    function close(uint256 id) external nonReentrant {
        Lease storage running = _requireOpen(id);
        CloseReason reason = _endReason(running);
        if (reason == CloseReason.NONE) {
            if (msg.sender == running.tenant) reason = CloseReason.BUYER;
            else if (_isProvider(running, msg.sender)) reason = CloseReason.PROVIDER;
            else revert NotParty(id, msg.sender);
        }
        _close(id, running, reason);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IDisputable
    function caseOf(uint256 id, address opener) public view returns (Case memory) {
        Lease storage disputed = _leases[id];
        uint256 atStake = _unsettled(disputed);
        if (
            opener != disputed.tenant || atStake == 0 || block.timestamp < disputed.heldUntil
                || block.timestamp >= _endsAt(disputed) + RETENTION
        ) revert NotDisputable(id);
        address provider = REGISTRY.ownerOf(disputed.listing);
        return Case(disputed.listing, opener, provider, disputed.asset, atStake);
    }

    /// @inheritdoc IDisputable
    /// @dev A lease that has not ended is closed by it: a tenant who is not served need not go on paying.
    function hold(uint256 id, address opener, uint48 until) external onlyCourt nonReentrant {
        caseOf(id, opener);
        Lease storage disputed = _leases[id];
        until = uint48(Math.min(until, block.timestamp + DISPUTE_WINDOW));
        disputed.heldUntil = until;
        emit LeaseHeld(id, until);

        if (disputed.status == LeaseStatus.CLOSED) return;
        CloseReason reason = _endReason(disputed);
        _close(id, disputed, reason == CloseReason.NONE ? CloseReason.COURT : reason);
    }

    /// @inheritdoc IDisputable
    function resolve(uint256 id, address, uint16 claimantBps, uint256) external onlyCourt nonReentrant {
        Lease storage disputed = _requireHeld(id);
        (address tenant, address asset) = (disputed.tenant, disputed.asset);
        address splitter = disputed.splitter;
        uint256 atStake = _unsettled(disputed);
        uint256 toTenant = atStake * claimantBps / BPS;
        uint256 toProvider = atStake - toTenant;
        disputed.heldUntil = 0;
        disputed.settled += atStake.toUint128();
        emit LeaseResolved(id, tenant, splitter, toTenant, toProvider);

        _keep(asset, tenant, toTenant);
        _keep(asset, splitter, toProvider);
    }

    /// @inheritdoc IDisputable
    function release(uint256 id, address) external onlyCourt nonReentrant {
        _requireHeld(id).heldUntil = 0;
        emit LeaseReleased(id);
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc ILeaseEscrow
    function lease(uint256 id) external view returns (Lease memory) {
        return _leases[id];
    }

    /// @inheritdoc ILeaseEscrow
    function quoteDigest(LeaseQuote calldata quote) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, quote)));
    }

    /// @inheritdoc ILeaseEscrow
    function accrued(uint256 id) external view returns (uint256) {
        return _accruedAt(_leases[id], block.timestamp);
    }

    /// @inheritdoc ILeaseEscrow
    function withdrawable(uint256 id) public view returns (uint256) {
        Lease storage earning = _leases[id];
        if (block.timestamp < earning.heldUntil) return 0;
        return _accruedAt(earning, block.timestamp - RETENTION).saturatingSub(earning.settled);
    }

    /// @inheritdoc ILeaseEscrow
    function endsAt(uint256 id) external view returns (uint256) {
        return _endsAt(_leases[id]);
    }

    /// @inheritdoc ILeaseEscrow
    function openNonce(LeaseQuote calldata quote, bytes calldata signature, uint128 deposit, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        bytes4 selector = this.openWithAuthorization.selector;
        return keccak256(abi.encode(block.chainid, address(this), selector, quote, signature, deposit, salt));
    }

    // ------------------------------------------------------------------ inside

    function _open(LeaseQuote calldata quote, bytes calldata signature, uint128 deposit, address tenant)
        private
        returns (uint256 id)
    {
        bytes32 digest = quoteDigest(quote);
        id = uint256(digest);
        Lease storage opened = _leases[id];
        if (opened.status != LeaseStatus.NONE) revert WrongStatus(id, opened.status);
        if (quote.tenant != address(0) && quote.tenant != tenant) revert NotQuotedTenant(quote.tenant, tenant);
        if (deposit < quote.minDeposit || deposit == 0) revert DepositTooSmall(deposit, quote.minDeposit);
        _requireQuoted(quote, digest, signature);

        opened.tenant = tenant;
        opened.asset = quote.asset;
        opened.listing = quote.listing.toUint96();
        opened.deposit = deposit;
        opened.operator = quote.operator;
        opened.ratePerHour = quote.ratePerHour;
        opened.provisionBy = uint48(block.timestamp) + quote.provisionSeconds;
        opened.maxEnd = quote.maxEnd;
        opened.status = LeaseStatus.PROVISIONING;
        opened.splitter = REGISTRY.splitterOf(quote.listing);
        _tellOpened(id, quote, deposit, tenant);
    }

    function _tellOpened(uint256 id, LeaseQuote calldata quote, uint128 deposit, address tenant) private {
        emit LeaseOpened(
            id,
            quote.listing,
            tenant,
            quote.capacityId,
            quote.asset,
            quote.ratePerHour,
            quote.operator,
            uint48(block.timestamp) + quote.provisionSeconds,
            quote.maxEnd,
            deposit
        );
    }

    function _close(uint256 id, Lease storage running, CloseReason reason) private {
        (address tenant, address asset) = (running.tenant, running.asset);
        uint48 endedAt = uint48(block.timestamp);
        if (running.status == LeaseStatus.ACTIVE) endedAt = uint48(Math.min(endedAt, _endsAt(running)));
        uint256 refund = running.deposit - _accruedAt(running, endedAt);
        running.endedAt = endedAt;
        running.status = LeaseStatus.CLOSED;
        running.reason = reason;
        emit LeaseClosed(id, tenant, reason, endedAt, refund);

        _pay(asset, tenant, refund);
    }

    /// @dev Rent that accrued until `time` or the end.
    function _accruedAt(Lease storage running, uint256 time) private view returns (uint256) {
        uint256 activatedAt = running.activatedAt;
        if (activatedAt == 0) return 0;
        uint256 elapsed = Math.min(time, _endsAt(running)).saturatingSub(activatedAt);
        return Math.min(elapsed * running.ratePerHour / HOUR, running.deposit);
    }

    /// @dev Rent that accrued and was neither paid nor awarded yet.
    function _unsettled(Lease storage running) private view returns (uint256) {
        return _accruedAt(running, block.timestamp) - running.settled;
    }

    function _endsAt(Lease storage running) private view returns (uint256) {
        if (running.status == LeaseStatus.CLOSED) return running.endedAt;
        return running.activatedAt == 0 ? 0 : Math.min(_usedUpAt(running), running.maxEnd);
    }

    /// @dev First second at which the whole deposit has accrued.
    function _usedUpAt(Lease storage running) private view returns (uint256) {
        return running.activatedAt + Math.ceilDiv(running.deposit * HOUR, running.ratePerHour);
    }

    /// @dev Why anyone may close it, though it is open; NONE if nobody but its parties may.
    function _endReason(Lease storage running) private view returns (CloseReason) {
        if (running.status == LeaseStatus.PROVISIONING) {
            return block.timestamp > running.provisionBy ? CloseReason.NEVER_PROVISIONED : CloseReason.NONE;
        }
        if (block.timestamp < _endsAt(running)) return CloseReason.NONE;
        return _usedUpAt(running) < running.maxEnd ? CloseReason.INSUFFICIENT_FUNDS : CloseReason.EXPIRED;
    }

    function _isProvider(Lease storage opened, address account) private view returns (bool) {
        return account == opened.operator || account == REGISTRY.ownerOf(opened.listing);
    }

    function _requireQuoted(LeaseQuote calldata quote, bytes32 digest, bytes calldata signature) private view {
        if (block.timestamp > quote.expiresAt) revert QuoteExpired(quote.expiresAt);
        if (
            quote.ratePerHour == 0 || quote.provisionSeconds > MAX_PROVISION
                || quote.maxEnd <= block.timestamp + quote.provisionSeconds || quote.maxEnd > block.timestamp + MAX_TERM
        ) revert MalformedQuote();
        if (REGISTRY.listing(quote.listing).status != Status.ACTIVE) revert ListingNotForSale(quote.listing);
        address owner = REGISTRY.ownerOf(quote.listing);
        if (!SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature)) {
            revert NotSignedByTitleOwner(owner);
        }
    }

    function _requireOpen(uint256 id) private view returns (Lease storage opened) {
        opened = _leases[id];
        if (opened.status == LeaseStatus.NONE || opened.status == LeaseStatus.CLOSED) {
            revert WrongStatus(id, opened.status);
        }
    }

    function _requireHeld(uint256 id) private view returns (Lease storage disputed) {
        disputed = _leases[id];
        if (disputed.heldUntil == 0) revert NotDisputable(id);
    }
}
