// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessPass} from "../src/access/AccessPass.sol";
import {PassKind} from "../src/access/IAccessPass.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {Goods, Order} from "../src/market/ITokenMarket.sol";
import {TokenMarket} from "../src/market/TokenMarket.sol";
import {bound} from "./base/Test.sol";
import {TradeTest} from "./base/TradeTest.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {MarketMirror} from "./mocks/TradeMirrors.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Four people trade two titles, their passes and the shares of the first, for two tokens, and keep books of what
/// each of them should have. Every event goes to a mirror that knows nothing else.
contract MarketHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    TokenMarket private immutable MARKET;
    AccessPass private immutable PASSES;
    ListingRegistry private immutable REGISTRY;
    IERC20 private immutable SHARES;
    address private immutable ADMIN;

    MarketMirror public immutable MIRROR = new MarketMirror();

    PlainToken[2] public coins = [new PlainToken(), new PlainToken()];
    address[4] public people;
    mapping(uint256 orderId => uint256) public offered;
    mapping(uint256 orderId => uint256) public sold;
    mapping(address asset => mapping(address account => uint256)) public due;
    mapping(uint256 listing => address) public ownerOf;
    mapping(uint256 pass => mapping(address holder => uint256)) public passesOf;
    mapping(address holder => uint256) public sharesOf;
    uint256 public misdirected;
    uint256 private _feeBps;
    mapping(uint256 orderId => uint256) private _feeBpsOf;
    mapping(uint256 orderId => uint256) private _royaltyBpsOf;

    modifier mirrored() {
        vm.recordLogs();
        _;
        vm.stopPrank();
        MIRROR.replay(address(MARKET), vm.getRecordedLogs());
    }

    constructor(
        TokenMarket market,
        AccessPass passes,
        ListingRegistry registry,
        IERC20 shares,
        address[4] memory traders,
        address admin
    ) {
        (MARKET, PASSES, REGISTRY, SHARES, ADMIN) = (market, passes, registry, shares, admin);
        people = traders;
    }

    /// @dev Once, when the people have what they start with.
    function begin() external mirrored {
        if (ownerOf[1] != address(0)) return;
        vm.startPrank(ADMIN);
        MARKET.setPaymentToken(coins[0], true);
        MARKET.setPaymentToken(coins[1], true);
        vm.stopPrank();
        for (uint256 i = 0; i < 4; ++i) {
            sharesOf[people[i]] = SHARES.balanceOf(people[i]);
            for (uint256 id = 1; id <= 2; ++id) {
                passesOf[id << 40][people[i]] = PASSES.balanceOf(people[i], id << 40);
                ownerOf[id] = REGISTRY.ownerOf(id);
            }
            vm.startPrank(people[i]);
            SHARES.approve(address(MARKET), type(uint256).max);
            PASSES.setApprovalForAll(address(MARKET), true);
            REGISTRY.setApprovalForAll(address(MARKET), true);
            coins[0].approve(address(MARKET), type(uint256).max);
            coins[1].approve(address(MARKET), type(uint256).max);
            vm.stopPrank();
        }
    }

    function place(uint8 goods, uint256 which, uint96 quantity, uint64 lot, uint96 price, uint32 life)
        external
        mirrored
    {
        Order memory made;
        made.maker = people[which % 4];
        made.goods = Goods(goods % 3);
        made.id = uint96(1 + which % 2);
        made.quantity = uint96(bound(quantity, 1, 2_000));
        made.lot = uint64(bound(lot, 1, 1_000));
        made.price = uint96(bound(price, 1, 1e12));
        made.expiry = uint40(block.timestamp + 1 hours + life % 100_000);
        if (made.goods == Goods.PASS) made.id <<= 40;
        if (made.goods == Goods.SHARES) made.id = 1;
        if (made.goods == Goods.TITLE) {
            (made.maker, made.quantity, made.lot) = (REGISTRY.ownerOf(made.id), 1, 1);
        }
        vm.startPrank(made.maker);
        uint256 orderId =
            MARKET.place(made.goods, made.id, made.quantity, made.lot, coins[which % 2], made.price, made.expiry);
        offered[orderId] = made.quantity;
        _feeBpsOf[orderId] = _feeBps;
        if (made.goods == Goods.TITLE) (, _royaltyBpsOf[orderId]) = REGISTRY.royaltyInfo(made.id, 10_000);
    }

    function change(uint256 which, uint96 price) external mirrored {
        (uint256 orderId, Order memory order) = pick(which);
        if (orderId == 0) return;
        vm.startPrank(order.maker);
        if (price % 8 == 0) {
            MARKET.cancel(orderId);
            offered[orderId] = sold[orderId];
        } else {
            MARKET.reprice(orderId, uint96(bound(price, 1, 1e12)));
        }
    }

    function fill(uint256 which, uint256 who, uint256 whom, uint256 quantity) external mirrored {
        (uint256 orderId, Order memory order) = pick(which);
        (address taker, address recipient) = (people[who % 4], people[whom % 4]);
        if (orderId == 0 || taker == order.maker || recipient == order.maker) return;
        quantity = bound(quantity, 1, order.quantity);
        if (block.timestamp >= order.expiry || !deliverable(order, quantity)) return;

        uint256 total = (quantity * order.price + order.lot - 1) / order.lot;
        bytes32 state = order.goods == Goods.TITLE ? REGISTRY.stateHash(order.id) : bytes32(0);
        book(orderId, order, total);
        move(order, quantity, recipient);
        sold[orderId] += quantity;
        PlainToken(address(order.asset)).mint(taker, total);
        uint256 before = order.asset.balanceOf(taker);
        vm.startPrank(taker);
        MARKET.fill(orderId, quantity, total, state, recipient);
        if (order.asset.balanceOf(taker) + total != before) ++misdirected;
    }

    function withdraw(uint256 coin, uint256 who) external mirrored {
        IERC20 asset = coins[coin % 2];
        address account = accounts()[who % 8];
        uint256 before = asset.balanceOf(account);
        uint256 amount = MARKET.withdraw(asset, account);
        if (amount != due[address(asset)][account] || asset.balanceOf(account) != before + amount) ++misdirected;
        due[address(asset)][account] = 0;
    }

    /// @dev Past the market, so that orders go stale.
    function give(uint8 goods, uint256 which, uint256 whom, uint256 amount) external {
        (address from, address to) = (people[which % 4], people[whom % 4]);
        uint256 id = 1 + which % 2;
        Order memory gift;
        gift.maker = from;
        gift.goods = Goods(goods % 3);
        if (gift.goods == Goods.TITLE) {
            gift.maker = from = REGISTRY.ownerOf(id);
            vm.prank(from);
            REGISTRY.transferFrom(from, to, id);
        } else if (gift.goods == Goods.PASS) {
            id <<= 40;
            amount = bound(amount, 0, PASSES.balanceOf(from, id) / 4);
            vm.prank(from);
            PASSES.safeTransferFrom(from, to, id, amount, "");
        } else {
            amount = bound(amount, 0, SHARES.balanceOf(from) / 4);
            vm.prank(from);
            SHARES.transfer(to, amount);
        }
        gift.id = uint96(id);
        move(gift, amount, to);
    }

    function govern(uint16 bps, uint16 royaltyBps, uint256 which) external mirrored {
        _feeBps = bound(bps, 0, 500);
        vm.prank(ADMIN);
        MARKET.setFee(address(0xFEE), uint16(_feeBps));
        uint256 id = 1 + which % 2;
        (address receiver,) = REGISTRY.royaltyInfo(id, 0);
        vm.prank(receiver == address(0) ? REGISTRY.ownerOf(id) : receiver);
        REGISTRY.setRoyalty(id, address(0xA07), uint16(bound(royaltyBps, 0, 1_000)));
    }

    function pass(uint16 time) external {
        vm.warp(block.timestamp + time);
    }

    /// @dev Everybody who can have a credit.
    function accounts() public view returns (address[8] memory all) {
        (all[0], all[1], all[2], all[3]) = (people[0], people[1], people[2], people[3]);
        (all[4], all[5]) = (address(0xFEE), address(0xA07));
        (all[6], all[7]) = (REGISTRY.splitterOf(1), REGISTRY.splitterOf(2));
    }

    function book(uint256 orderId, Order memory order, uint256 total) private {
        mapping(address => uint256) storage dues = due[address(order.asset)];
        uint256 fee = total * (_feeBps < _feeBpsOf[orderId] ? _feeBps : _feeBpsOf[orderId]) / 10_000;
        uint256 royalty = 0;
        if (order.goods == Goods.PASS) {
            royalty = total * 500 / 10_000;
            dues[REGISTRY.splitterOf(order.id >> 40)] += royalty;
        } else if (order.goods == Goods.TITLE) {
            address receiver;
            (receiver, royalty) = REGISTRY.royaltyInfo(order.id, total);
            uint256 most = total * _royaltyBpsOf[orderId] / 10_000;
            if (royalty > most) royalty = most;
            dues[receiver] += royalty;
        }
        dues[address(0xFEE)] += fee;
        dues[order.maker] += total - fee - royalty;
    }

    function move(Order memory order, uint256 quantity, address to) private {
        if (order.goods == Goods.TITLE) {
            ownerOf[order.id] = to;
        } else if (order.goods == Goods.PASS) {
            passesOf[order.id][order.maker] -= quantity;
            passesOf[order.id][to] += quantity;
        } else {
            sharesOf[order.maker] -= quantity;
            sharesOf[to] += quantity;
        }
    }

    function pick(uint256 which) private view returns (uint256 orderId, Order memory order) {
        uint256 count = MARKET.orderCount();
        for (uint256 i = 0; i < count && i < 8; ++i) {
            orderId = 1 + (which % count + i) % count;
            order = MARKET.order(orderId);
            if (order.maker != address(0)) return (orderId, order);
        }
        return (0, order);
    }

    function deliverable(Order memory order, uint256 quantity) private view returns (bool) {
        if (order.goods == Goods.TITLE) return REGISTRY.listing(order.id).transfers == order.transfers;
        if (order.goods == Goods.PASS) return PASSES.balanceOf(order.maker, order.id) >= quantity;
        return SHARES.balanceOf(order.maker) >= quantity;
    }
}

/// forge-config: default.invariant.runs = 12
/// forge-config: deep.invariant.runs = 128
contract TokenMarketInvariantTest is TradeTest {
    MarketHandler private handler;
    IERC20 private shares;

    function setUp() public {
        address[4] memory people = [address(0xA001), address(0xA002), address(0xA003), address(0xA004)];
        for (uint256 id = 1; id <= 2; ++id) {
            publish(people[id], "service");
            defineTier(id, PassKind.CREDITS, 1, 1_000, 1_000);
        }
        shares = issueShares(1, people[0], 40_000);
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(people[0]);
            shares.transfer(people[i], 10_000);
            buyPass(people[i], 1, 10);
            buyPass(people[i], 2, 10);
        }
        handler = new MarketHandler(market, passes, registry, shares, people, admin);
        handler.begin();
        targetContract(address(handler));
    }

    function invariant_theMarketHoldsExactlyTheSumOfAllCredits() public {
        address[8] memory accounts = handler.accounts();
        for (uint256 coin = 0; coin < 2; ++coin) {
            PlainToken asset = handler.coins(coin);
            uint256 sum = 0;
            for (uint256 i = 0; i < 8; ++i) {
                sum += market.creditOf(asset, accounts[i]);
                assertEq(market.creditOf(asset, accounts[i]), handler.due(address(asset), accounts[i]));
            }
            assertEq(asset.balanceOf(address(market)), sum);
        }
        assertEq(handler.misdirected(), 0);
    }

    function invariant_anOrderMovesNoMoreThanWasPlaced() public {
        for (uint256 orderId = 1; orderId <= market.orderCount(); ++orderId) {
            assertLte(handler.sold(orderId), handler.offered(orderId));
            assertEq(market.order(orderId).quantity, handler.offered(orderId) - handler.sold(orderId));
        }
    }

    function invariant_goodsAreWhereTheyWereSoldTo() public {
        for (uint256 i = 0; i < 4; ++i) {
            address person = handler.people(i);
            assertEq(shares.balanceOf(person), handler.sharesOf(person));
            assertEq(passes.balanceOf(person, 1 << 40), handler.passesOf(1 << 40, person));
            assertEq(passes.balanceOf(person, 2 << 40), handler.passesOf(2 << 40, person));
        }
        assertEq(registry.ownerOf(1), handler.ownerOf(1));
        assertEq(registry.ownerOf(2), handler.ownerOf(2));
        assertEq(shares.balanceOf(address(market)), 0);
    }

    function invariant_eventsAloneRebuildEverything() public {
        MarketMirror mirror = handler.MIRROR();
        assertEq(mirror.orderCount(), market.orderCount());
        for (uint256 orderId = 1; orderId <= market.orderCount(); ++orderId) {
            assertEq(keccak256(abi.encode(mirror.order(orderId))), keccak256(abi.encode(market.order(orderId))));
        }
        address[8] memory accounts = handler.accounts();
        for (uint256 coin = 0; coin < 2; ++coin) {
            PlainToken asset = handler.coins(coin);
            assertEq(mirror.isPaymentToken(asset), market.isPaymentToken(asset));
            for (uint256 i = 0; i < 8; ++i) {
                assertEq(mirror.creditOf(asset, accounts[i]), market.creditOf(asset, accounts[i]));
            }
        }
        (address recipient, uint16 bps) = market.fee();
        assertEq(mirror.feeRecipient(), recipient);
        assertEq(mirror.feeBps(), bps);
    }
}
