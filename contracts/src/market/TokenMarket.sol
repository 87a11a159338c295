// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessPass} from "../access/IAccessPass.sol";
import {IParameters} from "../governance/IParameters.sol";
import {IListingRegistry, Listing, Status} from "../listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {Goods, ITokenMarket, Order} from "./ITokenMarket.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract TokenMarket is AccessManaged, PermitMulticall, ReentrancyGuardTransient, IParameters, ITokenMarket {
    using ExactTransfer for IERC20;
    using SafeERC20 for IERC20;

    struct Rate {
        address recipient;
        uint16 bps;
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_FEE_BPS = 500;
    uint16 private constant MAX_ROYALTY_BPS = 1_000;
    /// The royalty of our own goods needs half of it; without it nobody has the gas left to go on.
    uint256 private constant ROYALTY_GAS = 30_000;

    /// @notice The registry whose titles and shares are traded.
    IListingRegistry public immutable REGISTRY;

    /// @notice The passes that are traded.
    IAccessPass public immutable PASSES;

    /// @inheritdoc ITokenMarket
    Rate public fee;

    /// @inheritdoc ITokenMarket
    uint256 public orderCount;

    /// @inheritdoc ITokenMarket
    mapping(IERC20 token => bool) public isPaymentToken;

    /// @inheritdoc ITokenMarket
    mapping(IERC20 asset => mapping(address account => uint256)) public creditOf;

    mapping(uint256 orderId => Order) private _orders;

    /// @param authority decides who may call the restricted functions
    /// @param passes of this registry's listings
    constructor(address authority, IListingRegistry registry, IAccessPass passes) AccessManaged(authority) {
        REGISTRY = registry;
        PASSES = passes;
    }

    // ------------------------------------------------------------------ DAO

    /// @inheritdoc ITokenMarket
    function setFee(address recipient, uint16 bps) external restricted {
        if (bps > MAX_FEE_BPS) revert ParameterOutOfBounds("feeBps", bps, 0, MAX_FEE_BPS);
        if (bps > 0 && recipient == address(0)) revert MissingFeeRecipient();
        Rate memory old = fee;
        fee = Rate(recipient, bps);
        emit ParameterChanged("feeBps", old.bps, bps);
        emit ParameterChanged("feeRecipient", uint160(old.recipient), uint160(recipient));
    }

    /// @inheritdoc ITokenMarket
    function setPaymentToken(IERC20 token, bool allowed) external restricted {
        isPaymentToken[token] = allowed;
        emit PaymentTokenSet(token, allowed);
    }

    // ------------------------------------------------------------------ makers

    /// @inheritdoc ITokenMarket
    function place(Goods goods, uint96 id, uint96 quantity, uint64 lot, IERC20 asset, uint96 price, uint40 expiry)
        external
        restricted
        returns (uint256 orderId)
    {
        if (!isPaymentToken[asset]) revert PaymentTokenNotAllowed(asset);
        if (quantity == 0 || lot == 0 || price == 0 || expiry <= block.timestamp) revert MalformedOrder();
        uint32 transfers = 0;
        if (goods == Goods.TITLE) {
            if (quantity != 1 || lot != 1) revert MalformedOrder();
            transfers = REGISTRY.listing(id).transfers;
        } else if (goods == Goods.SHARES && REGISTRY.sharesOf(id) == address(0)) {
            revert NoShares(id);
        }

        orderId = ++orderCount;
        Order memory placed =
            Order(msg.sender, expiry, transfers, fee.bps, goods, id, quantity, lot, asset, price, MAX_ROYALTY_BPS);
        (, uint256 royaltyBps) = _royaltyOf(placed, BPS);
        placed.royaltyBps = uint16(royaltyBps);
        _orders[orderId] = placed;
        _tellPlaced(orderId, placed);
    }

    /// @inheritdoc ITokenMarket
    function reprice(uint256 orderId, uint96 price) external {
        _requireMaker(orderId);
        if (price == 0) revert MalformedOrder();
        _orders[orderId].price = price;
        emit OrderRepriced(orderId, price);
    }

    /// @inheritdoc ITokenMarket
    function cancel(uint256 orderId) external {
        _requireMaker(orderId);
        delete _orders[orderId];
        emit OrderCancelled(orderId);
    }

    // ------------------------------------------------------------------ takers

    /// @inheritdoc ITokenMarket
    function fill(uint256 orderId, uint256 quantity, uint256 maxTotal, bytes32 expectedState, address recipient)
        external
        restricted
        nonReentrant
        returns (uint256 total)
    {
        Order memory sold = _orders[orderId];
        total = _book(orderId, sold, quantity, maxTotal, expectedState, msg.sender, recipient);
        sold.asset.take(msg.sender, total);
        _deliver(sold, quantity, recipient);
    }

    /// @inheritdoc ITokenMarket
    function fillWithAuthorization(
        uint256 orderId,
        uint256 quantity,
        uint256 maxTotal,
        bytes32 expectedState,
        address recipient,
        Authorization calldata authorization
    ) external restricted nonReentrant returns (uint256 total) {
        Order memory sold = _orders[orderId];
        total = _book(orderId, sold, quantity, maxTotal, expectedState, authorization.payer, recipient);
        bytes32 nonce = fillNonce(orderId, quantity, maxTotal, expectedState, recipient, authorization.salt);
        sold.asset.take(authorization, total, nonce);
        _deliver(sold, quantity, recipient);
    }

    /// @inheritdoc ITokenMarket
    function withdraw(IERC20 asset, address account) external nonReentrant returns (uint256 amount) {
        amount = creditOf[asset][account];
        if (amount == 0) return 0;
        delete creditOf[asset][account];
        emit Withdrawn(asset, account, amount);

        asset.safeTransfer(account, amount);
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc ITokenMarket
    function order(uint256 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    /// @inheritdoc ITokenMarket
    function totalOf(uint256 orderId, uint256 quantity) external view returns (uint256) {
        Order memory offered = _orders[orderId];
        _requireOffered(orderId, offered, quantity);
        return _totalOf(offered, quantity);
    }

    /// @inheritdoc ITokenMarket
    function fillNonce(
        uint256 orderId,
        uint256 quantity,
        uint256 maxTotal,
        bytes32 expectedState,
        address recipient,
        bytes32 salt
    ) public view returns (bytes32) {
        return keccak256(
            abi.encode(
                block.chainid,
                address(this),
                this.fillWithAuthorization.selector,
                orderId,
                quantity,
                maxTotal,
                expectedState,
                recipient,
                salt
            )
        );
    }

    // ------------------------------------------------------------------ inside

    function _tellPlaced(uint256 orderId, Order memory placed) private {
        emit OrderPlaced(
            orderId,
            placed.maker,
            placed.goods,
            placed.id,
            placed.quantity,
            placed.lot,
            placed.asset,
            placed.price,
            placed.expiry,
            placed.transfers,
            placed.feeBps,
            placed.royaltyBps
        );
    }

    /// @dev All of a fill but the payment and the goods.
    function _book(
        uint256 orderId,
        Order memory sold,
        uint256 quantity,
        uint256 maxTotal,
        bytes32 expectedState,
        address taker,
        address recipient
    ) private returns (uint256 total) {
        _requireOffered(orderId, sold, quantity);
        if (taker == sold.maker || recipient == sold.maker) revert PartyNotAllowed(sold.maker);
        if (recipient == address(this)) revert PartyNotAllowed(recipient);
        if (!isPaymentToken[sold.asset]) revert PaymentTokenNotAllowed(sold.asset);
        _requireAsExpected(orderId, sold, expectedState);
        total = _totalOf(sold, quantity);
        if (total > maxTotal) revert TotalAboveLimit(total, maxTotal);
        (address royaltyReceiver, uint256 royalty) = _royaltyOf(sold, total);
        Rate memory rate = fee;
        uint256 feeAmount = total * Math.min(rate.bps, sold.feeBps) / BPS;

        if (quantity == sold.quantity) delete _orders[orderId];
        else _orders[orderId].quantity = sold.quantity - uint96(quantity);
        _credit(sold.asset, sold.maker, total - royalty - feeAmount);
        _credit(sold.asset, royaltyReceiver, royalty);
        _credit(sold.asset, rate.recipient, feeAmount);
        emit OrderFilled(
            orderId, taker, recipient, quantity, total, royaltyReceiver, royalty, rate.recipient, feeAmount
        );
    }

    function _credit(IERC20 asset, address account, uint256 amount) private {
        if (amount > 0) creditOf[asset][account] += amount;
    }

    /// @dev The tokens themselves refuse to move what the maker does not have or did not approve.
    function _deliver(Order memory sold, uint256 quantity, address recipient) private {
        if (sold.goods == Goods.TITLE) REGISTRY.safeTransferFrom(sold.maker, recipient, sold.id);
        else if (sold.goods == Goods.PASS) PASSES.safeTransferFrom(sold.maker, recipient, sold.id, quantity, "");
        else IERC20(REGISTRY.sharesOf(sold.id)).safeTransferFrom(sold.maker, recipient, quantity);
    }

    function _requireMaker(uint256 orderId) private view {
        if (msg.sender != _orders[orderId].maker) revert NotMaker(orderId, msg.sender);
    }

    function _requireOffered(uint256 orderId, Order memory offered, uint256 quantity) private view {
        if (offered.maker == address(0)) revert OrderNotOpen(orderId);
        if (block.timestamp >= offered.expiry) revert OrderExpired(orderId, offered.expiry);
        if (quantity == 0 || quantity > offered.quantity) {
            revert QuantityNotOffered(orderId, quantity, offered.quantity);
        }
    }

    function _requireAsExpected(uint256 orderId, Order memory sold, bytes32 expectedState) private view {
        uint256 id = sold.goods == Goods.PASS ? PASSES.listingOf(sold.id) : sold.id;
        Listing memory listing = REGISTRY.listing(id);
        if (listing.status != Status.ACTIVE) revert ListingNotActive(id);
        bytes32 state = 0;
        if (sold.goods == Goods.TITLE) {
            if (listing.transfers != sold.transfers) revert TitleMoved(orderId);
            state = REGISTRY.stateHash(id);
        } else if (sold.goods == Goods.PASS) {
            uint256 expiry = PASSES.expiryOf(sold.id);
            if (expiry != 0 && block.timestamp >= expiry) revert PassExpired(sold.id, expiry);
        }
        if (state != expectedState) revert StateChanged(state, expectedState);
    }

    /// @dev Nothing, if the goods have no royalty or answer nonsense; at most what the order bears.
    function _royaltyOf(Order memory sold, uint256 total) private view returns (address receiver, uint256 amount) {
        if (sold.goods == Goods.SHARES) return (address(0), 0);
        address goods = sold.goods == Goods.TITLE ? address(REGISTRY) : address(PASSES);
        (bool success, bytes memory answer) =
            goods.staticcall{gas: ROYALTY_GAS}(abi.encodeCall(IERC2981.royaltyInfo, (sold.id, total)));
        if (!success || answer.length != 64) return (address(0), 0);
        (uint256 word, uint256 asked) = abi.decode(answer, (uint256, uint256));
        if (word == 0 || word > type(uint160).max || word == uint160(address(this))) return (address(0), 0);
        return (address(uint160(word)), Math.min(asked, total * sold.royaltyBps / BPS));
    }

    function _totalOf(Order memory offered, uint256 quantity) private pure returns (uint256) {
        return Math.mulDiv(quantity, offered.price, offered.lot, Math.Rounding.Ceil);
    }
}
