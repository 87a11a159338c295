// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization} from "../token/ExactTransfer.sol";
import {IERC1155} from "@openzeppelin/contracts/interfaces/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";

/// @notice What a pass is: the use of a listing for a time, or credits that its use consumes. The order never changes.
enum PassKind {
    TERM,
    CREDITS
}

/// @notice The terms of a tier. Only its price and whether it is open ever change.
/// @param asset in which it is paid
/// @param price of one pass, in atomic units
/// @param listing that it gives access to
/// @param size of one pass: seconds of a term, or a number of credits
/// @param maxSupply how many passes can ever be sold
/// @param sold how many were; renewals do not count
/// @param royaltyBps hundredths of a percent that a resale owes to the listing's splitter
/// @param open whether it is for sale
struct Tier {
    IERC20 asset;
    uint96 price;
    uint64 listing;
    uint32 size;
    uint32 maxSupply;
    uint32 sold;
    uint16 royaltyBps;
    PassKind kind;
    bool open;
}

/// @notice Credits that a holder has set aside for use.
/// @param active can be redeemed, and cannot be transferred
/// @param redeemed how many ever were
/// @param returnableAt when {IAccessPass.deactivate} is possible, in seconds; zero without notice
struct Credits {
    uint64 active;
    uint64 redeemed;
    uint48 returnableAt;
}

/// @title Passes to listings: terms and credits
/// @notice An ERC-1155 of which every tier belongs to a listing, and is sold for as long as that is active. What a tier
/// buys stands in the listing's offers. Proceeds and royalties go to the listing's splitter.
///
/// A term pass carries its expiry: its id is `tier << 40 | expiry`. Credits are `tier << 40`; their holder activates them,
/// signs how many may be redeemed in all, and takes the rest back after a notice. A seller serves active credits without
/// a pending notice only, against vouchers, and so never serves what is not there.
///
/// Invariants: what was sold of a tier never exceeds its supply; term passes of a tier are as many as were sold; credits
/// held, active and redeemed are as many as were sold; no more is redeemed than was activated and signed for; this
/// contract keeps no money. The events alone suffice to rebuild all of its state.
interface IAccessPass is IERC1155, IERC2981 {
    // ------------------------------------------------------------------ events

    /// @notice A tier exists and is for sale.
    event TierDefined(
        uint256 indexed tier,
        uint256 indexed listing,
        IERC20 indexed asset,
        PassKind kind,
        uint96 price,
        uint32 size,
        uint32 maxSupply,
        uint16 royaltyBps
    );

    /// @notice A pass of the tier costs `price` atomic units from now on.
    event TierRepriced(uint256 indexed tier, uint96 price);

    /// @notice The tier is for sale from now on, or not any more.
    event TierOpenSet(uint256 indexed tier, bool open);

    /// @notice `payer` paid `total` for `quantity` passes of the tier, which `recipient` has under `id`: as many term
    /// passes, or `quantity` times its size in credits.
    event PassBought(
        uint256 indexed tier,
        address indexed payer,
        address indexed recipient,
        uint256 id,
        uint256 quantity,
        uint256 total
    );

    /// @notice `holder` paid `total` to have `newId` instead of `oldId`.
    event PassRenewed(address indexed holder, uint256 indexed oldId, uint256 indexed newId, uint256 total);

    /// @notice `amount` credits of `holder` were set aside for use; a notice, if there was one, is void.
    event CreditsActivated(address indexed holder, uint256 indexed id, uint256 amount);

    /// @notice `amount` active credits of `holder` were used.
    event CreditsRedeemed(address indexed holder, uint256 indexed id, uint256 amount);

    /// @notice `holder` wants its active credits back, and can have what is left of them at `returnableAt` (seconds).
    event CreditsNoticed(address indexed holder, uint256 indexed id, uint48 returnableAt);

    /// @notice `amount` credits, all that were active, are transferable again.
    event CreditsDeactivated(address indexed holder, uint256 indexed id, uint256 amount);

    // ------------------------------------------------------------------ errors

    /// @notice The caller does not own the listing's title.
    error NotTitleOwner(uint256 listing, address caller);

    /// @notice Only the title owner opens and closes a tier; the listing's user may close it.
    error NotAllowedToSetOpen(uint256 tier, address caller);

    /// @notice Only the title owner or the claimer it named redeems credits.
    error NotClaimer(uint256 listing, address caller);

    /// @notice A tier has an asset, and a price, a size and a supply of at least 1.
    error MalformedTier();

    /// @notice A royalty is above its bound, both in hundredths of a percent.
    error RoyaltyTooHigh(uint256 bps, uint256 max);

    /// @notice The tier is unknown, or not for sale.
    error TierNotOpen(uint256 tier);

    /// @notice The listing is paused, retired or suspended.
    error ListingNotActive(uint256 listing);

    /// @notice A purchase is of at least one pass, and of no more than are left.
    error NotForSale(uint256 tier, uint256 quantity, uint256 left);

    /// @notice The price is above what the buyer accepts.
    error TotalAboveLimit(uint256 total, uint256 maxTotal);

    /// @notice Only term passes are renewed.
    error NotATerm(uint256 id);

    /// @notice Only credits are activated.
    error NotCredits(uint256 id);

    /// @notice More than the holder's voucher allows.
    error AboveVoucher(uint256 total, uint256 maxRedeemed);

    /// @notice The holder did not sign this voucher.
    error InvalidVoucher(address holder, uint256 id, uint256 maxRedeemed);

    /// @notice No notice was given, or its time is not up.
    error NotReturnable(uint256 id, uint256 returnableAt);

    // ------------------------------------------------------------------ tiers

    /// @notice Opens a new tier of a listing. For the owner of its title.
    /// @param asset an ERC-20 that moves exactly the amount asked
    /// @param price of one pass, in atomic units, at least 1
    /// @param size of one pass, at least 1: seconds of a term, or a number of credits
    /// @param maxSupply how many passes can ever be sold, at least 1
    /// @param royaltyBps what resales owe, at most 1,000 hundredths of a percent
    function defineTier(
        uint256 listing,
        PassKind kind,
        IERC20 asset,
        uint96 price,
        uint32 size,
        uint32 maxSupply,
        uint16 royaltyBps
    ) external returns (uint256 tier);

    /// @notice Changes what the next pass costs. For the owner of the listing's title.
    /// @param price atomic units, at least 1
    function repriceTier(uint256 tier, uint96 price) external;

    /// @notice Ends or resumes the sale of a tier. For the owner of the listing's title; the user may end it.
    function setTierOpen(uint256 tier, bool open) external;

    // ------------------------------------------------------------------ purchases

    /// @notice Buys `quantity` passes for `recipient`, paid out of the caller's allowance. A term starts now. Restricted:
    /// open to anyone unless closed.
    /// @param maxTotal atomic units that the caller pays at most
    /// @return id of what was bought
    function buy(uint256 tier, uint256 quantity, uint256 maxTotal, address recipient) external returns (uint256 id);

    /// @notice As {buy}, paid by an EIP-3009 authorization of exactly the total, with {buyNonce} as its nonce. Anyone may
    /// submit it. Restricted: open to anyone unless closed.
    function buyWithAuthorization(
        uint256 tier,
        uint256 quantity,
        uint256 maxTotal,
        address recipient,
        Authorization calldata authorization
    ) external returns (uint256 id);

    /// @notice Exchanges one term pass of the caller for one that holds a term longer, counted from its expiry or, if that
    /// has passed, from now. Paid as one pass of its tier out of the caller's allowance. Restricted: open to anyone unless
    /// closed.
    /// @param maxTotal atomic units that the caller pays at most
    function renew(uint256 id, uint256 maxTotal) external returns (uint256 newId);

    // ------------------------------------------------------------------ credits

    /// @notice Sets credits of the caller aside for use, and takes a pending notice back. Nothing is enough for the latter.
    function activate(uint256 id, uint256 amount) external;

    /// @notice Uses active credits until `total` were redeemed in all, or until none are left: the rest of a voucher can be
    /// redeemed when its holder activates more. What was redeemed before is not redeemed again. For the owner of the
    /// listing's title or its claimer, because a voucher may allow more than was used yet.
    /// @param total credits redeemed in all after this, at most `maxRedeemed`
    /// @param signature of `holder` over the EIP-712 type `CreditVoucher(address holder,uint256 id,uint256 maxRedeemed)`: of
    /// its key, whatever code its account has by now, or one that its contract accepts (ERC-1271). A contract can change
    /// its mind: redeem what it signs before serving it.
    /// @return amount of credits that were redeemed now
    function redeem(address holder, uint256 id, uint256 total, uint256 maxRedeemed, bytes calldata signature)
        external
        returns (uint256 amount);

    /// @notice Gives notice of {deactivate}, which is possible {NOTICE} seconds later. The seller redeems before that what
    /// it has served, and serves no more. Giving notice again starts anew.
    function giveNotice(uint256 id) external;

    /// @notice Makes all active credits of the caller transferable again, after its notice.
    /// @return amount of credits that were active
    function deactivate(uint256 id) external returns (uint256 amount);

    // ------------------------------------------------------------------ reads

    /// @notice The terms of a tier; all zero if there is none.
    function tier(uint256 id) external view returns (Tier memory);

    /// @notice How many tiers there are; also the highest tier.
    function tierCount() external view returns (uint256);

    /// @notice The listing that a pass gives access to; zero if there is none.
    function listingOf(uint256 id) external view returns (uint256);

    /// @notice The first second at which a term pass does not hold any more; zero for credits.
    function expiryOf(uint256 id) external pure returns (uint256);

    /// @notice The credits that `holder` has set aside.
    function creditsOf(address holder, uint256 id) external view returns (Credits memory);

    /// @notice The nonce of an authorization for {buyWithAuthorization}.
    function buyNonce(uint256 tier, uint256 quantity, uint256 maxTotal, address recipient, bytes32 salt)
        external
        view
        returns (bytes32);

    /// @notice What a holder signs so that up to `maxRedeemed` of its credits are redeemed in all.
    function voucherDigest(address holder, uint256 id, uint256 maxRedeemed) external view returns (bytes32);

    /// @notice Seconds between {giveNotice} and {deactivate}.
    function NOTICE() external view returns (uint48);
}
