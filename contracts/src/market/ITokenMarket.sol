// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization} from "../token/ExactTransfer.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice What an order sells, and what its id means: the title of listing `id`, passes with this id, or shares of listing
/// `id`. The order never changes.
enum Goods {
    TITLE,
    PASS,
    SHARES
}

/// @notice An open order.
/// @param maker sells, and is paid
/// @param expiry first second at which it cannot be filled any more
/// @param transfers of the title when the order was placed; zero for other goods
/// @param feeBps hundredths of a percent that the market takes at most: its fee when the order was placed
/// @param goods says what `id` means
/// @param id of a listing or a pass
/// @param quantity that is left, in the smallest unit of the goods
/// @param lot how many of them `price` is for
/// @param asset in which it is paid
/// @param price of a lot, in atomic units
/// @param royaltyBps hundredths of a percent that the goods' royalty takes at most: what it was when the order was placed
struct Order {
    address maker;
    uint40 expiry;
    uint32 transfers;
    uint16 feeBps;
    Goods goods;
    uint96 id;
    uint96 quantity;
    uint64 lot;
    IERC20 asset;
    uint96 price;
    uint16 royaltyBps;
}

/// @title A market for titles, passes and shares of this registry
/// @notice Orders at fixed prices. The goods stay with the maker, who approves this contract for them, until they are
/// filled; an order whose goods are gone or no longer approved moves nothing. The price is divided between the maker, the
/// receiver of the goods' royalty (ERC-2981, at most 10 %) and the market's fee, and credited; {withdraw} pays out. An
/// order bears no higher royalty and no higher fee than when it was placed.
///
/// Invariants: an order moves no more than was placed, from its maker only, to whom the payer named; what is paid equals
/// what is credited; for every asset this contract holds exactly the sum of all credits, and it never holds goods. The
/// events alone suffice to rebuild all of its state.
/// @dev Orders are numbered: whoever fills one that is not final yet may find another under its number after a
/// reorganisation, and pays `maxTotal` for it at most. An order for passes or shares can be filled again when its maker, having parted with them, gets new ones: makers set
/// an expiry, and cancel. An order for a title is dead once the title has moved. Assumes payment tokens that keep
/// balances as they are; the DAO allows no others.
interface ITokenMarket {
    // ------------------------------------------------------------------ events

    /// @notice The order is open.
    event OrderPlaced(
        uint256 indexed orderId,
        address indexed maker,
        Goods goods,
        uint256 indexed id,
        uint256 quantity,
        uint64 lot,
        IERC20 asset,
        uint96 price,
        uint40 expiry,
        uint32 transfers,
        uint16 feeBps,
        uint16 royaltyBps
    );

    /// @notice A lot of the order costs `price` atomic units from now on.
    event OrderRepriced(uint256 indexed orderId, uint96 price);

    /// @notice The order is closed with the rest unsold.
    event OrderCancelled(uint256 indexed orderId);

    /// @notice `taker` paid `total` for `quantity` of the goods, which `recipient` got. `royalty` and `fee` of it are
    /// credited to their receivers, the rest to the maker. An order without anything left is closed.
    event OrderFilled(
        uint256 indexed orderId,
        address indexed taker,
        address indexed recipient,
        uint256 quantity,
        uint256 total,
        address royaltyReceiver,
        uint256 royalty,
        address feeRecipient,
        uint256 fee
    );

    /// @notice The whole credit of `account` was paid out to it.
    event Withdrawn(IERC20 indexed asset, address indexed account, uint256 amount);

    /// @notice Orders may be priced in `token` and filled, or not any more.
    event PaymentTokenSet(IERC20 indexed token, bool allowed);

    // ------------------------------------------------------------------ errors

    /// @notice A fee needs somebody who receives it.
    error MissingFeeRecipient();

    /// @notice The DAO does not allow payment in this token.
    error PaymentTokenNotAllowed(IERC20 token);

    /// @notice An order has a quantity, a lot and a price of at least 1, and an expiry ahead; a title is one of one.
    error MalformedOrder();

    /// @notice The listing has no shares.
    error NoShares(uint256 listing);

    /// @notice The caller did not place this order, or it is closed.
    error NotMaker(uint256 orderId, address caller);

    /// @notice The order is unknown, filled or cancelled.
    error OrderNotOpen(uint256 orderId);

    /// @notice The order's time is up.
    error OrderExpired(uint256 orderId, uint256 expiry);

    /// @notice The title has moved since the order was placed.
    error TitleMoved(uint256 orderId);

    /// @notice The listing is paused, retired or suspended.
    error ListingNotActive(uint256 listing);

    /// @notice The pass does not hold any more.
    error PassExpired(uint256 id, uint256 expiry);

    /// @notice The listing is not in the state that the taker relies on.
    error StateChanged(bytes32 state, bytes32 expectedState);

    /// @notice A fill is of at least one unit, and of no more than are left.
    error QuantityNotOffered(uint256 orderId, uint256 quantity, uint256 left);

    /// @notice The price is above what the taker accepts.
    error TotalAboveLimit(uint256 total, uint256 maxTotal);

    /// @notice The maker is not its own taker, nor is this market the recipient.
    error PartyNotAllowed(address party);

    // ------------------------------------------------------------------ DAO

    /// @notice Sets the market's fee of new orders; older ones pay the lower of this and the one they were placed under.
    /// Restricted to the DAO.
    /// @param bps at most 500 hundredths of a percent
    function setFee(address recipient, uint16 bps) external;

    /// @notice Allows payment in `token`, or no longer. Restricted to the DAO.
    function setPaymentToken(IERC20 token, bool allowed) external;

    // ------------------------------------------------------------------ makers

    /// @notice Offers goods of the caller. Approve this contract for them: whether the caller has them, and may give them
    /// away, shows when the order is filled. Restricted: open to anyone unless closed.
    /// @param id a listing for its title or its shares, a pass for passes
    /// @param quantity in the smallest unit of the goods; 1 for a title
    /// @param lot how many of them `price` is for, at least 1; 1 for a title
    /// @param asset an allowed payment token
    /// @param price of a lot, at least 1 atomic unit
    /// @param expiry first second at which the order cannot be filled any more
    function place(Goods goods, uint96 id, uint96 quantity, uint64 lot, IERC20 asset, uint96 price, uint40 expiry)
        external
        returns (uint256 orderId);

    /// @notice Changes the price of a lot. For the maker.
    function reprice(uint256 orderId, uint96 price) external;

    /// @notice Closes the order. For the maker.
    function cancel(uint256 orderId) external;

    // ------------------------------------------------------------------ takers

    /// @notice Buys from an order for `recipient`, paid out of the caller's allowance. The total is that of the lots, rounded
    /// up. Restricted: open to anyone unless closed.
    /// @param quantity in the smallest unit of the goods, at least 1
    /// @param maxTotal atomic units that the caller pays at most
    /// @param expectedState the registry's `stateHash` of the listing for a title, so that the caller gets what it has
    /// seen; zero for other goods
    /// @return total paid, in atomic units
    function fill(uint256 orderId, uint256 quantity, uint256 maxTotal, bytes32 expectedState, address recipient)
        external
        returns (uint256 total);

    /// @notice As {fill}, paid by an EIP-3009 authorization of exactly the total, with {fillNonce} as its nonce. Anyone may
    /// submit it. Restricted: open to anyone unless closed.
    function fillWithAuthorization(
        uint256 orderId,
        uint256 quantity,
        uint256 maxTotal,
        bytes32 expectedState,
        address recipient,
        Authorization calldata authorization
    ) external returns (uint256 total);

    /// @notice Pays the whole credit of `account` to it. Open to anyone. Does nothing without a credit.
    /// @return amount paid, in atomic units
    function withdraw(IERC20 asset, address account) external returns (uint256 amount);

    // ------------------------------------------------------------------ reads

    /// @notice An order; all zero if it is closed or was never placed.
    function order(uint256 orderId) external view returns (Order memory);

    /// @notice How many orders were placed; also the highest id.
    function orderCount() external view returns (uint256);

    /// @notice What `quantity` of an open order costs now, in atomic units.
    function totalOf(uint256 orderId, uint256 quantity) external view returns (uint256);

    /// @notice What {withdraw} would pay now, in atomic units.
    function creditOf(IERC20 asset, address account) external view returns (uint256);

    /// @notice Who receives the fee of orders placed now, and how many hundredths of a percent it is.
    function fee() external view returns (address recipient, uint16 bps);

    /// @notice Whether orders may be priced in `token` and filled.
    function isPaymentToken(IERC20 token) external view returns (bool);

    /// @notice The nonce of an authorization for {fillWithAuthorization}.
    function fillNonce(
        uint256 orderId,
        uint256 quantity,
        uint256 maxTotal,
        bytes32 expectedState,
        address recipient,
        bytes32 salt
    ) external view returns (bytes32);
}
