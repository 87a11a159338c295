// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputable} from "../governance/IDisputable.sol";
import {IParameters} from "../governance/IParameters.sol";
import {Authorization} from "../token/ExactTransfer.sol";
import {IPayouts} from "./IPayouts.sol";

/// @notice A provider's offer of capacity, good for one lease. Signed by the owner of the listing's title as EIP-712 typed
/// data of the type
/// `LeaseQuote(uint256 listing,bytes32 capacityId,address asset,uint96 ratePerHour,uint128 minDeposit,address tenant,
/// address operator,uint32 provisionSeconds,uint48 expiresAt,uint48 maxEnd,bytes32 salt)`, without the line break, in the
/// domain `Stoa Lease Escrow` / `1` of this chain and contract.
/// @param listing whose splitter earns the rent
/// @param capacityId what is let, in the provider's own books
/// @param asset the token of the rent; must move exactly the amounts asked
/// @param ratePerHour atomic units, at least 1; charged by the second
/// @param minDeposit least deposit, in atomic units
/// @param tenant the only one who can take the quote; zero for whoever comes first
/// @param operator may activate and close the lease besides the owner of the title; zero for nobody
/// @param provisionSeconds time that the provider has to activate the lease, at most 7 days
/// @param expiresAt last second at which the quote can be taken
/// @param maxEnd second at which the lease ends at the latest: after the time to provision it, within 366 days
/// @param salt makes quotes on the same terms different
/// @dev A signed quote cannot be taken back before `expiresAt`: name the tenant, or anyone may take it in front of the one
/// that it was meant for.
struct LeaseQuote {
    uint256 listing;
    bytes32 capacityId;
    address asset;
    uint96 ratePerHour;
    uint128 minDeposit;
    address tenant;
    address operator;
    uint32 provisionSeconds;
    uint48 expiresAt;
    uint48 maxEnd;
    bytes32 salt;
}

/// @notice How far a lease is. The order never changes.
enum LeaseStatus {
    NONE,
    PROVISIONING,
    ACTIVE,
    CLOSED
}

/// @notice Why a lease was closed. The order never changes.
enum CloseReason {
    NONE,
    BUYER,
    PROVIDER,
    INSUFFICIENT_FUNDS,
    EXPIRED,
    NEVER_PROVISIONED,
    COURT
}

/// @notice A lease. Its id is the digest of its quote, as a number.
/// @param tenant pays, and is paid back
/// @param activatedAt from when on rent accrues; zero before
/// @param endedAt until when rent accrued; zero before the lease is closed
/// @param asset the token of the rent
/// @param listing that is leased
/// @param deposit atomic units paid in so far
/// @param settled atomic units of the rent that were paid to the splitter or awarded by the court
/// @param operator may activate and close besides the owner of the title
/// @param ratePerHour atomic units
/// @param provisionBy last second at which it can be activated
/// @param maxEnd second at which it ends at the latest
/// @param heldUntil first second at which a dispute no longer holds it; zero if there is none
/// @param status how far it is
/// @param reason why it was closed
/// @param splitter of the listing when the lease was opened: splits that are set later are for later leases
struct Lease {
    address tenant;
    uint48 activatedAt;
    uint48 endedAt;
    address asset;
    uint96 listing;
    uint128 deposit;
    uint128 settled;
    address operator;
    uint96 ratePerHour;
    uint48 provisionBy;
    uint48 maxEnd;
    uint48 heldUntil;
    LeaseStatus status;
    CloseReason reason;
    address splitter;
}

/// @title Leases of capacity, paid by the second out of a deposit
/// @notice Rent is arithmetic over time: floor(rate * seconds / 3600) since the activation, never more than the deposit.
/// It stops by itself when the deposit is used up or the latest end has come, whether or not anybody closes the lease.
/// The provider can take it 24 hours after it has accrued, so that a tenant who is not served can go to the court
/// for the last 24 hours at least. What did not accrue is the tenant's.
///
/// Invariants: the splitter is never paid more than accrued; what the splitter and the tenant receive sums up to the
/// deposit exactly; the escrow's balance of an asset is the sum of the unsettled rent and unused deposits of its leases
/// and of the payments held; every lease ends, and pays everybody out, by time alone and by calls that are open to anyone.
interface ILeaseEscrow is IDisputable, IParameters, IPayouts {
    // ------------------------------------------------------------------ events

    /// @notice `tenant` took a quote and paid `deposit`. The provider has until `provisionBy`, included, to activate it.
    event LeaseOpened(
        uint256 indexed id,
        uint256 indexed listing,
        address indexed tenant,
        bytes32 capacityId,
        address asset,
        uint96 ratePerHour,
        address operator,
        uint48 provisionBy,
        uint48 maxEnd,
        uint256 deposit
    );

    /// @notice Rent accrues from `activatedAt` on.
    event LeaseActivated(uint256 indexed id, uint48 activatedAt);

    /// @notice `payer` added `amount` to the deposit.
    event LeaseToppedUp(uint256 indexed id, address indexed payer, uint256 amount);

    /// @notice `amount` of the rent went to the listing's splitter.
    event LeaseWithdrawn(uint256 indexed id, address indexed splitter, uint256 amount);

    /// @notice The lease is over: rent accrued until `endedAt`, and `refund`, the rest of the deposit, is the tenant's.
    event LeaseClosed(
        uint256 indexed id, address indexed tenant, CloseReason indexed reason, uint48 endedAt, uint256 refund
    );

    /// @notice The tenant disputes the rent that is not settled; nobody can take it before `until` unless the court has
    /// decided.
    event LeaseHeld(uint256 indexed id, uint48 until);

    /// @notice The dispute was dismissed.
    event LeaseReleased(uint256 indexed id);

    /// @notice The court divided the unsettled rent: `toTenant` went back, `toProvider` to the listing's splitter.
    event LeaseResolved(
        uint256 indexed id, address indexed tenant, address indexed splitter, uint256 toTenant, uint256 toProvider
    );

    // ------------------------------------------------------------------ errors

    /// @notice The lease is not in a state in which this can be done.
    error WrongStatus(uint256 id, LeaseStatus status);

    /// @notice The listing is not active.
    error ListingNotForSale(uint256 listing);

    /// @notice The quote was for somebody else.
    error NotQuotedTenant(address tenant, address caller);

    /// @notice The quote can no longer be taken.
    error QuoteExpired(uint48 expiresAt);

    /// @notice The quote's rate, its time to provision or its latest end is out of bounds.
    error MalformedQuote();

    /// @notice The owner of the title did not sign this quote.
    error NotSignedByTitleOwner(address owner);

    /// @notice A deposit is at least what the quote asks, and not nothing.
    error DepositTooSmall(uint256 deposit, uint256 min);

    /// @notice The caller is neither the owner of the title nor the quote's operator.
    error NotProvider(uint256 id, address caller);

    /// @notice The provider did not activate the lease in time.
    error TooLateToProvision(uint256 id, uint48 provisionBy);

    /// @notice The rent has stopped: the deposit is used up, or the latest end has come.
    error LeaseHasEnded(uint256 id);

    /// @notice Only the tenant and the provider can close a lease that has not ended.
    error NotParty(uint256 id, address caller);

    // ------------------------------------------------------------------ leases

    /// @notice Takes a quote for the caller, who pays the deposit out of its allowance. Restricted: open to anyone unless
    /// closed.
    /// @param signature of the owner of the listing's title
    /// @param deposit atomic units
    function open(LeaseQuote calldata quote, bytes calldata signature, uint128 deposit) external returns (uint256 id);

    /// @notice As {open}, for the payer of an EIP-3009 authorization with the nonce {openNonce}. Anyone may submit it.
    /// Restricted: open to anyone unless closed.
    function openWithAuthorization(
        LeaseQuote calldata quote,
        bytes calldata signature,
        uint128 deposit,
        Authorization calldata authorization
    ) external returns (uint256 id);

    /// @notice States that the tenant can use the capacity: rent accrues from now on. For the owner of the title and the
    /// operator, in time.
    function activate(uint256 id) external;

    /// @notice Adds `amount` of the caller's allowance to the deposit of a lease that has not ended. What is left of it
    /// goes to the tenant, whoever paid. Open to anyone: what runs can go on, whatever is closed for new business.
    function topUp(uint256 id, uint128 amount) external;

    /// @notice Pays to the listing's splitter what it can be paid by now. Open to anyone. Does nothing if that is nothing.
    /// @return amount atomic units
    function withdraw(uint256 id) external returns (uint256 amount);

    /// @notice Ends a lease and pays the rest of the deposit to the tenant. For anyone once it was not provisioned in time,
    /// the deposit is used up or the latest end has come; before, for the tenant, the owner of the title and the operator.
    function close(uint256 id) external;

    // ------------------------------------------------------------------ reads

    /// @notice All that is on record about a lease; zeros if there is none.
    function lease(uint256 id) external view returns (Lease memory);

    /// @notice The digest that the owner of the title signs; as a number, the id of the lease.
    function quoteDigest(LeaseQuote calldata quote) external view returns (bytes32);

    /// @notice The rent up to now, in atomic units.
    function accrued(uint256 id) external view returns (uint256);

    /// @notice What {withdraw} would pay now, in atomic units.
    function withdrawable(uint256 id) external view returns (uint256);

    /// @notice First second at which no more rent accrues, as things stand. Zero before the activation.
    function endsAt(uint256 id) external view returns (uint256);

    /// @notice The nonce of the authorization that {openWithAuthorization} takes.
    function openNonce(LeaseQuote calldata quote, bytes calldata signature, uint128 deposit, bytes32 salt)
        external
        view
        returns (bytes32);

    /// @notice Seconds that rent stays here after it has accrued.
    function RETENTION() external view returns (uint48);

    /// @notice Seconds that a dispute can take at most.
    function DISPUTE_WINDOW() external view returns (uint48);

    /// @notice Rules on disputes.
    function COURT() external view returns (address);
}
