// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UsdCoin} from "../src/dev/UsdCoin.sol";
import {AllocationSale} from "../src/staking/AllocationSale.sol";
import {Commitment, IAllocationSale, Opening, Sale, Terms} from "../src/staking/IAllocationSale.sol";
import {SaleTest} from "./base/SaleTest.sol";
import {bound} from "./base/Test.sol";
import {SaleMirror} from "./mocks/RevenueMirrors.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Announces sales of one token, some for itself, commits for six accounts of all kinds of scores, settles or does not,
/// pays out in any order, and keeps its own books.
contract SaleHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant BUYERS = 6;
    uint256 private constant GRACE = 7 days;

    struct Book {
        uint256 escrowed;
        uint256 payments;
        uint256 allocated;
        uint256 refunded;
        uint256 proceeds;
        uint256 unsold;
        uint256 demand;
    }

    AllocationSale private immutable SALES;
    PlainToken private immutable TOKEN;
    UsdCoin private immutable USD;
    address private immutable ADMIN;
    address private immutable MINTER = msg.sender;
    SaleMirror private immutable MIRROR;

    bytes32[] public saleIds;
    mapping(bytes32 saleId => Book) private _books;
    mapping(bytes32 saleId => bytes32) public terms;

    modifier mirrored() {
        vm.recordLogs();
        _;
        MIRROR.replay(address(SALES), vm.getRecordedLogs());
    }

    constructor(AllocationSale sales, PlainToken token, UsdCoin usd, address admin, SaleMirror mirror) {
        (SALES, TOKEN, USD, ADMIN, MIRROR) = (sales, token, usd, admin, mirror);
        token.approve(address(sales), type(uint256).max);
        for (uint256 i = 0; i < BUYERS; ++i) {
            vm.startPrank(buyerAt(i));
            token.approve(address(sales), type(uint256).max);
            usd.approve(address(sales), type(uint256).max);
            vm.stopPrank();
        }
    }

    function saleCount() external view returns (uint256) {
        return saleIds.length;
    }

    function bookOf(bytes32 saleId) external view returns (Book memory) {
        return _books[saleId];
    }

    function buyerAt(uint256 i) public pure returns (address) {
        return address(uint160(0xACC0 + i % BUYERS));
    }

    /// @dev One at a time, mostly.
    function announce(uint256 seed, uint96 lots, bool forItself) external mirrored {
        if (!SALES.enabled() || (seed % 4 > 0 && saleIds.length > 0 && block.timestamp < latest().deadline)) return;
        Terms memory offered;
        offered.token = TOKEN;
        offered.lots = uint96(bound(lots, 1, 200));
        offered.asset = forItself ? TOKEN : PlainToken(address(USD));
        (offered.lot, offered.price) = (uint96(1 + seed % 7), uint96(1 + seed % 5));
        offered.base = uint96(1 + seed % 40);
        offered.multipliers = new uint16[](11);
        for (uint256 i = 0; i < 11; ++i) {
            offered.multipliers[i] = uint16(i * (seed % 97) + 50);
        }
        offered.openings = new Opening[](1 + seed % 4);
        for (uint256 i = 0; i < offered.openings.length; ++i) {
            offered.openings[i] = Opening(uint40(block.timestamp + i * 1 days), uint8(10 - (seed % 3 + i * 2)));
        }
        offered.deadline = uint40(block.timestamp + offered.openings.length * 1 days);
        uint256 amount = uint256(offered.lots) * offered.lot;
        TOKEN.mint(address(this), amount);
        (bool success, bytes memory result) = address(SALES).call(abi.encodeCall(IAllocationSale.announce, (offered)));
        if (!success) {
            require(bytes4(result) == IAllocationSale.AlreadyAnnounced.selector, "refused");
            return;
        }
        bytes32 saleId = abi.decode(result, (bytes32));
        saleIds.push(saleId);
        terms[saleId] = keccak256(abi.encode(offered));
        _books[saleId].escrowed = amount;
    }

    function commit(uint256 which, uint256 who, uint256 lots) external mirrored {
        if (saleIds.length == 0 || !SALES.enabled()) return;
        for (uint256 i = 0; i < BUYERS / 2; ++i) {
            commitOf(lately(which), buyerAt(who % BUYERS + i), lots);
        }
    }

    /// @dev Not always in time, so that some sales become void.
    function settle(uint256 which, bool late) external mirrored {
        if (saleIds.length == 0) return;
        bytes32 saleId = lately(which);
        Sale memory sale = SALES.saleOf(saleId);
        if (block.timestamp < sale.deadline) vm.warp(sale.deadline + (late ? GRACE : 0));
        if (sale.isSettled || block.timestamp < sale.deadline + GRACE) SALES.settle(saleId);
    }

    function claim(uint256 which, uint256 who) external mirrored {
        if (saleIds.length == 0) return;
        bytes32 saleId = lately(which);
        if (!SALES.saleOf(saleId).isSettled) return;
        for (uint256 i = 0; i < BUYERS / 2; ++i) {
            uint256 before = TOKEN.balanceOf(buyerAt(who % BUYERS + i));
            uint256 amount = SALES.claim(saleId, buyerAt(who % BUYERS + i));
            require(TOKEN.balanceOf(buyerAt(who % BUYERS + i)) == before + amount, "another amount was paid");
            _books[saleId].allocated += amount;
        }
    }

    function refund(uint256 which, uint256 who) external mirrored {
        if (saleIds.length == 0 || !hasEnded(lately(which))) return;
        for (uint256 i = 0; i < BUYERS / 2; ++i) {
            _books[lately(which)].refunded += SALES.refund(lately(which), buyerAt(who % BUYERS + i));
        }
    }

    function paySeller(uint256 which, bool proceeds) external mirrored {
        if (saleIds.length == 0) return;
        bytes32 saleId = lately(which);
        if (!hasEnded(saleId)) return;
        if (!proceeds) _books[saleId].unsold += SALES.returnUnsold(saleId);
        else if (SALES.saleOf(saleId).isSettled) _books[saleId].proceeds += SALES.payProceeds(saleId);
    }

    function setEnabled(uint256 dice) external mirrored {
        vm.prank(ADMIN);
        SALES.setEnabled(dice % 4 > 0);
    }

    function wait(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 1 days));
    }

    function hasEnded(bytes32 saleId) public view returns (bool) {
        Sale memory sale = SALES.saleOf(saleId);
        return sale.isSettled || block.timestamp >= sale.deadline + GRACE;
    }

    function commitOf(bytes32 saleId, address buyer, uint256 lots) private {
        Sale memory sale = SALES.saleOf(saleId);
        if (block.timestamp >= sale.deadline || SALES.commitmentOf(saleId, buyer).lots > 0) return;
        uint256 limit = SALES.limitOf(saleId, buyer);
        if (limit == 0) return;
        lots = bound(lots, 1, limit);
        supply(sale, buyer, lots * sale.price);
        vm.prank(buyer);
        (bool success, bytes memory result) =
            address(SALES).call(abi.encodeCall(IAllocationSale.commit, (saleId, uint96(lots))));
        if (!success) {
            require(bytes4(result) == IAllocationSale.ScoreTooLow.selector, "refused");
            return;
        }
        _books[saleId].payments += lots * sale.price;
        _books[saleId].demand += lots;
    }

    function latest() private view returns (Sale memory) {
        return SALES.saleOf(saleIds[saleIds.length - 1]);
    }

    function lately(uint256 which) private view returns (bytes32) {
        return saleIds[saleIds.length - 1 - which % (saleIds.length < 3 ? saleIds.length : 3)];
    }

    function supply(Sale memory sale, address buyer, uint256 amount) private {
        if (address(sale.asset) == address(TOKEN)) return TOKEN.mint(buyer, amount);
        vm.prank(MINTER);
        USD.mint(buyer, amount);
    }
}

/// forge-config: default.invariant.runs = 6
contract AllocationSaleInvariantTest is SaleTest {
    SaleHandler private handler;
    SaleMirror private mirror = new SaleMirror();

    function setUp() public {
        vm.recordLogs();
        vm.prank(admin);
        sales.setEnabled(true);
        mirror.replay(address(sales), vm.getRecordedLogs());
        handler = new SaleHandler(sales, sold, usd, admin, mirror);
        uint256[6] memory scores = [uint256(10), 9, 8, 7, 5, 1];
        for (uint256 i = 0; i < handler.BUYERS(); ++i) {
            giveScore(handler.buyerAt(i), scores[i]);
        }
        vm.warp(NOW + 1);
        targetContract(address(handler));
    }

    function invariant_lotsEscrowedAreAllocatedOrUnsold() public {
        everySale(this.checkLots);
    }

    function invariant_paymentsAreProceedsAndRefunds() public {
        everySale(this.checkPayments);
    }

    function invariant_earlierWindowsAreFilledFirst() public {
        everySale(this.checkWindows);
    }

    /// @dev Counts first and asserts later: reverting the state would forget a failed assertion.
    function invariant_everybodyCanAlwaysBePaidAndNothingIsLeft() public {
        uint256 id = youngVm.snapshotState();
        vm.warp(block.timestamp + 100 days);
        uint256 wronged = 0;
        for (uint256 i = 0; i < handler.saleCount(); ++i) {
            wronged += payOut(handler.saleIds(i));
        }
        uint256 left = sold.balanceOf(address(sales)) + usd.balanceOf(address(sales));
        youngVm.revertToState(id);
        assertEq(wronged, 0, "wronged");
        assertEq(left, 0, "left");
    }

    function invariant_eventsAloneTellSalesAndCommitments() public {
        everySale(this.checkMirror);
        assertEq(mirror.parameters("enabled"), sales.enabled() ? 1 : 0);
    }

    function checkLots(bytes32 saleId) external {
        Sale memory sale = sales.saleOf(saleId);
        SaleHandler.Book memory book = handler.bookOf(saleId);
        (uint256 allocated, uint256 soldLots) = (0, 0);
        for (uint256 i = 0; i < handler.BUYERS(); ++i) {
            allocated += sales.allocationOf(saleId, handler.buyerAt(i));
        }
        for (uint256 i = 0; i < sale.windows.length; ++i) {
            soldLots += sale.windows[i].filled;
        }
        uint256 most = book.demand < sale.lots ? book.demand : sale.lots;
        assertEq(allocated, sale.isSettled ? most : 0);
        assertEq(soldLots, allocated);
        assertLte(book.allocated + book.unsold, book.escrowed);
    }

    function checkPayments(bytes32 saleId) external {
        Sale memory sale = sales.saleOf(saleId);
        SaleHandler.Book memory book = handler.bookOf(saleId);
        (uint256 due, uint256 lots) = (0, 0);
        for (uint256 i = 0; i < handler.BUYERS(); ++i) {
            uint256 wanted = sales.commitmentOf(saleId, handler.buyerAt(i)).lots;
            uint256 got = sales.allocationOf(saleId, handler.buyerAt(i));
            assertLte(got, wanted);
            lots += got;
            due += (wanted - got) * sale.price;
        }
        assertEq(book.payments, due + lots * sale.price);
        assertLte(book.refunded, due);
        assertLte(book.proceeds, lots * sale.price);
    }

    function checkWindows(bytes32 saleId) external {
        Sale memory sale = sales.saleOf(saleId);
        if (!sale.isSettled) return;
        for (uint256 i = 1; i < sale.windows.length; ++i) {
            if (sale.windows[i].filled > 0) assertEq(sale.windows[i - 1].filled, sale.windows[i - 1].demand);
        }
    }

    function checkMirror(bytes32 saleId) external {
        Sale memory sale = sales.saleOf(saleId);
        SaleMirror.Book memory told = mirror.bookOf(saleId);
        assertEq(told.seller, sale.seller);
        assertEq(told.snapshot, sale.snapshot);
        assertEq(told.terms, handler.terms(saleId));
        assertTrue(told.isSettled == sale.isSettled);
        assertTrue((told.proceeds > 0) == sale.isProceedsPaid);
        assertTrue((told.unsold > 0) == sale.isUnsoldReturned);
        for (uint256 i = 0; i < sale.windows.length; ++i) {
            assertEq(told.demand[i], sale.windows[i].demand);
            assertEq(told.filled[i], sale.windows[i].filled);
        }
        for (uint256 i = 0; i < handler.BUYERS(); ++i) {
            Commitment memory made = sales.commitmentOf(saleId, handler.buyerAt(i));
            SaleMirror.Commitment memory heard = mirror.commitmentOf(saleId, handler.buyerAt(i));
            assertEq(heard.lots, made.lots);
            assertEq(heard.ahead, made.ahead);
            assertEq(heard.window, made.window);
            assertTrue((heard.allocated > 0) == made.isAllocated);
            assertTrue((heard.refunded > 0) == made.isRefunded);
        }
    }

    function everySale(function(bytes32) external check) private {
        for (uint256 i = 0; i < handler.saleCount(); ++i) {
            check(handler.saleIds(i));
        }
    }

    /// @return wronged how many could not be paid
    function payOut(bytes32 saleId) private returns (uint256 wronged) {
        bool isSettled = sales.saleOf(saleId).isSettled;
        for (uint256 i = 0; i < handler.BUYERS(); ++i) {
            address buyer = handler.buyerAt(i);
            if (isSettled && !succeeds(abi.encodeCall(IAllocationSale.claim, (saleId, buyer)))) ++wronged;
            if (!succeeds(abi.encodeCall(IAllocationSale.refund, (saleId, buyer)))) ++wronged;
        }
        if (isSettled && !succeeds(abi.encodeCall(IAllocationSale.payProceeds, (saleId)))) ++wronged;
        if (!succeeds(abi.encodeCall(IAllocationSale.returnUnsold, (saleId)))) ++wronged;
    }

    function succeeds(bytes memory data) private returns (bool success) {
        (success,) = address(sales).call(data);
    }
}
