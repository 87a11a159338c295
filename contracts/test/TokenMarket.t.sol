// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessPass, PassKind} from "../src/access/IAccessPass.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {Status} from "../src/listing/IListingRegistry.sol";
import {Goods, ITokenMarket, Order} from "../src/market/ITokenMarket.sol";
import {TokenMarket} from "../src/market/TokenMarket.sol";
import {Authorization, ExactTransfer} from "../src/token/ExactTransfer.sol";
import {bound} from "./base/Test.sol";
import {TradeTest} from "./base/TradeTest.sol";
import {ContractWallet, RevertingReceiver} from "./mocks/Accounts.sol";
import {BlockingToken, FeeToken} from "./mocks/Tokens.sol";
import {HookedToken, LyingToken, MuteToken, ReentrantReceiver, RoyaltyBomb} from "./mocks/Traders.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC1155Errors, IERC20Errors, IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract TokenMarketTest is TradeTest {
    uint96 private constant SHARE_PRICE = 3e6;
    uint64 private constant SHARE = 1e18;

    address private maker = account("maker");
    address private author = account("author");
    address private treasury = account("treasury");
    address private alice = account("alice");
    uint256 private listing;
    uint256 private tier;
    uint256 private pass;
    IERC20 private shares;

    function setUp() public {
        listing = publish(provider, "minilm");
        tier = defineTier(listing, PassKind.CREDITS, PRICE, 1_000, 100);
        pass = buyPass(maker, tier, 1);
        vm.prank(maker);
        passes.setApprovalForAll(address(market), true);
        shares = issueShares(listing, maker, 1_000_000e18);
        fund(buyer, 1_000_000e6);
    }

    // ---------------------------------------------------------------- parameters

    function testFuzz_theFeeStaysWithinItsBound(uint16 bps, uint16 next) public {
        bps = uint16(bound(bps, 0, 500));
        next = uint16(bound(next, 501, type(uint16).max));
        setFee(7);
        vm.expectEmit(address(market));
        emit IParameters.ParameterChanged("feeBps", 7, bps);
        vm.expectEmit(address(market));
        emit IParameters.ParameterChanged("feeRecipient", uint160(treasury), uint160(alice));
        vm.startPrank(admin);
        market.setFee(alice, bps);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, bytes32("feeBps"), next, 0, 500)
        );
        market.setFee(alice, next);
        vm.stopPrank();
        (address recipient, uint16 found) = market.fee();
        assertEq(recipient, alice);
        assertEq(found, bps);
    }

    function test_aFeeNeedsARecipient() public {
        vm.startPrank(admin);
        vm.expectRevert(ITokenMarket.MissingFeeRecipient.selector);
        market.setFee(address(0), 1);
        market.setFee(address(0), 0);
        vm.stopPrank();
    }

    function test_onlyTheDaoSetsParameters() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        market.setFee(stranger, 1);
        vm.expectRevert(refused);
        market.setPaymentToken(usd, false);
        vm.stopPrank();
    }

    // ---------------------------------------------------------------- place, reprice, cancel

    function testFuzz_anOrderIsOnRecordAsPlaced(uint96 quantity, uint64 lot, uint96 price, uint40 expiry, uint16 feeBps)
        public
    {
        quantity = uint96(bound(quantity, 1, type(uint96).max));
        lot = uint64(bound(lot, 1, type(uint64).max));
        price = uint96(bound(price, 1, type(uint96).max));
        expiry = uint40(bound(expiry, NOW + 1, type(uint40).max));
        feeBps = uint16(bound(feeBps, 0, 500));
        setFee(feeBps);

        vm.expectEmit(address(market));
        emit ITokenMarket.OrderPlaced(1, maker, Goods.PASS, pass, quantity, lot, usd, price, expiry, 0, feeBps, 500);
        vm.prank(maker);
        assertEq(market.place(Goods.PASS, uint96(pass), quantity, lot, usd, price, expiry), 1);

        Order memory expected =
            Order(maker, expiry, 0, feeBps, Goods.PASS, uint96(pass), quantity, lot, usd, price, 500);
        assertEq(keccak256(abi.encode(market.order(1))), keccak256(abi.encode(expected)));
        assertEq(market.orderCount(), 1);
    }

    function test_anOrderForATitleKnowsHowOftenItMoved() public {
        transferTitle(listing, alice);
        transferTitle(listing, maker);
        assertEq(market.order(offerTitle(listing, PRICE)).transfers, 2);
    }

    function test_malformedOrdersAreRefused() public {
        uint96 id = uint96(listing);
        vm.startPrank(maker);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.PaymentTokenNotAllowed.selector, shares));
        market.place(Goods.SHARES, id, 1, 1, shares, 1, LATER);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.SHARES, id, 0, 1, usd, 1, LATER);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.SHARES, id, 1, 0, usd, 1, LATER);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.SHARES, id, 1, 1, usd, 0, LATER);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.SHARES, id, 1, 1, usd, 1, uint40(NOW));
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.TITLE, id, 2, 1, usd, 1, LATER);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.place(Goods.TITLE, id, 1, 2, usd, 1, LATER);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 77));
        market.place(Goods.TITLE, 77, 1, 1, usd, 1, LATER);
        vm.stopPrank();
    }

    function test_onlyTheMakerChangesItsOrder() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.NotMaker.selector, orderId, stranger));
        market.reprice(orderId, 1);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.NotMaker.selector, orderId, stranger));
        market.cancel(orderId);
        vm.stopPrank();

        vm.startPrank(maker);
        vm.expectRevert(ITokenMarket.MalformedOrder.selector);
        market.reprice(orderId, 0);
        vm.expectEmit(address(market));
        emit ITokenMarket.OrderRepriced(orderId, 7);
        market.reprice(orderId, 7);
        assertEq(market.totalOf(orderId, 10), 70);
        vm.expectEmit(address(market));
        emit ITokenMarket.OrderCancelled(orderId);
        market.cancel(orderId);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.NotMaker.selector, orderId, maker));
        market.reprice(orderId, 7);
        vm.stopPrank();
        expectNotFilled(orderId, 1, abi.encodeWithSelector(ITokenMarket.OrderNotOpen.selector, orderId));
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.OrderNotOpen.selector, orderId));
        market.totalOf(orderId, 1);
    }

    // ---------------------------------------------------------------- fill

    function testFuzz_aTitleIsSoldForItsPrice(uint96 price, uint16 royaltyBps, uint16 feeBps) public {
        price = uint96(bound(price, 1, type(uint96).max));
        royaltyBps = uint16(bound(royaltyBps, 0, 1_000));
        feeBps = uint16(bound(feeBps, 0, 500));
        setRoyalty(royaltyBps);
        setFee(feeBps);
        uint256 orderId = offerTitle(listing, price);
        usd.mint(buyer, price);
        uint256 royalty = uint256(price) * royaltyBps / 10_000;
        uint256 fee = uint256(price) * feeBps / 10_000;
        bytes32 state = registry.stateHash(listing);

        vm.expectEmit(address(market));
        emit ITokenMarket.OrderFilled(
            orderId, buyer, alice, 1, price, royaltyBps == 0 ? address(0) : author, royalty, treasury, fee
        );
        vm.prank(buyer);
        assertEq(market.fill(orderId, 1, price, state, alice), price);

        assertEq(registry.ownerOf(listing), alice);
        assertEq(market.creditOf(usd, provider), price - royalty - fee);
        assertEq(market.creditOf(usd, author), royalty);
        assertEq(market.creditOf(usd, treasury), fee);
        assertEq(usd.balanceOf(address(market)), price);
        assertEq(usd.balanceOf(buyer), 1_000_000e6);
        assertEq(market.order(orderId).maker, address(0));
    }

    function testFuzz_sharesAreSoldToTheLastUnit(uint64 lot, uint96 price, uint96 quantity, uint96[8] memory parts)
        public
    {
        lot = uint64(bound(lot, 1, type(uint64).max));
        price = uint96(bound(price, 1, type(uint64).max));
        quantity = uint96(bound(quantity, 1, 1_000_000e18));
        uint256 orderId = place(maker, Goods.SHARES, listing, quantity, lot, price);
        usd.mint(buyer, uint256(type(uint64).max) * type(uint96).max);
        uint256 left = quantity;
        uint256 paid = 0;
        vm.startPrank(buyer);
        for (uint256 i = 0; i <= parts.length && left > 0; ++i) {
            uint256 part = i == parts.length ? left : bound(parts[i], 1, left);
            uint256 total = (part * price + lot - 1) / lot;
            assertEq(market.totalOf(orderId, part), total);
            assertEq(market.fill(orderId, part, total, 0, buyer), total);
            assertGt(total, 0);
            paid += total;
            left -= part;
            assertEq(market.order(orderId).quantity, left);
            assertEq(shares.balanceOf(buyer), quantity - left);
        }
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.OrderNotOpen.selector, orderId));
        market.fill(orderId, 1, type(uint256).max, 0, buyer);
        vm.stopPrank();
        assertEq(market.creditOf(usd, maker), paid);
        assertEq(shares.balanceOf(maker), 1_000_000e18 - quantity);
    }

    function testFuzz_passesAreSoldInParts(uint16 first, uint96 price) public {
        first = uint16(bound(first, 1, 999));
        price = uint96(bound(price, 1, 1e6));
        uint256 orderId = place(maker, Goods.PASS, pass, 1_000, 1, price);
        vm.startPrank(buyer);
        market.fill(orderId, first, type(uint256).max, 0, alice);
        market.fill(orderId, 1_000 - first, type(uint256).max, 0, buyer);
        vm.stopPrank();
        assertEq(passes.balanceOf(alice, pass), first);
        assertEq(passes.balanceOf(buyer, pass), 1_000 - first);
        uint256 royalty = uint256(first) * price * 500 / 10_000 + uint256(1_000 - first) * price * 500 / 10_000;
        assertEq(market.creditOf(usd, registry.splitterOf(listing)), royalty);
        assertEq(market.creditOf(usd, maker), 1_000 * uint256(price) - royalty);
    }

    function test_royaltyCreditsReachTheSplitter() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, 10, 10 * PRICE, 0, buyer);
        address splitter = registry.splitterOf(listing);
        uint256 before = usd.balanceOf(splitter);
        assertEq(market.withdraw(usd, splitter), PRICE / 2);
        assertEq(usd.balanceOf(splitter), before + PRICE / 2);
    }

    function test_aPermitAndAFillFitIntoOneTransaction() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        usd.mint(alice, PRICE);
        bytes[] memory calls = new bytes[](2);
        calls[0] = permitCall("alice", address(market), PRICE);
        calls[1] = abi.encodeCall(market.fill, (orderId, 1, PRICE, 0, alice));
        vm.prank(alice);
        market.multicall(calls);
        assertEq(passes.balanceOf(alice, pass), 1);
    }

    function test_attack_orderRoundedToZero() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 1_000e18, SHARE, 1);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.QuantityNotOffered.selector, orderId, 0, 1_000e18));
        market.fill(orderId, 0, 0, 0, buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.TotalAboveLimit.selector, 1, 0));
        market.fill(orderId, 1, 0, 0, buyer);
        assertEq(market.fill(orderId, 1, 1, 0, buyer), 1);
        assertEq(market.fill(orderId, SHARE + 1, 2, 0, buyer), 2);
        vm.stopPrank();
    }

    function test_noMoreIsSoldThanWasOffered() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        bytes4 refused = ITokenMarket.QuantityNotOffered.selector;
        expectNotFilled(orderId, 11, abi.encodeWithSelector(refused, orderId, 11, 10));
        expectNotFilled(orderId, type(uint256).max, abi.encodeWithSelector(refused, orderId, type(uint256).max, 10));
        expectNotFilled(77, 1, abi.encodeWithSelector(ITokenMarket.OrderNotOpen.selector, 77));
    }

    function test_anOrderEndsWithItsTime() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.warp(LATER - 1);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);
        vm.warp(LATER);
        expectNotFilled(orderId, 1, abi.encodeWithSelector(ITokenMarket.OrderExpired.selector, orderId, LATER));
    }

    function test_attack_priceRaisedBeforeTheFill() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.prank(maker);
        market.reprice(orderId, PRICE + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.TotalAboveLimit.selector, PRICE + 1, PRICE));
        market.fill(orderId, 1, PRICE, 0, buyer);
    }

    function testFuzz_attack_feeRaisedBeforeTheFill(uint16 placed, uint16 later) public {
        placed = uint16(bound(placed, 0, 500));
        later = uint16(bound(later, 0, 500));
        setFee(placed);
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        setFee(later);
        vm.prank(buyer);
        market.fill(orderId, 10, 10 * PRICE, 0, buyer);
        assertEq(market.creditOf(usd, treasury), 10 * uint256(PRICE) * (later < placed ? later : placed) / 10_000);
    }

    function test_attack_titleIsHollowedOutBeforeTheFill() public {
        uint256 orderId = offerTitle(listing, PRICE);
        bytes32 seen = registry.stateHash(listing);
        uint256 snapshot = youngVm.snapshotState();

        setSplits(listing, evenly(2));
        expectStateChanged(orderId, seen);
        youngVm.revertToState(snapshot);
        vm.prank(provider);
        registry.setOffers(listing, MANIFEST);
        expectStateChanged(orderId, seen);
        youngVm.revertToState(snapshot);
        setRoyalty(1);
        expectStateChanged(orderId, seen);
        youngVm.revertToState(snapshot);
        vm.prank(provider);
        registry.setLineageRate(listing, 1);
        expectStateChanged(orderId, seen);
        youngVm.revertToState(snapshot);
        vm.prank(provider);
        registry.publishVersion(listing, CID, MANIFEST);
        expectStateChanged(orderId, seen);
        youngVm.revertToState(snapshot);
        vm.prank(provider);
        registry.setStatus(listing, Status.PAUSED);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.ListingNotActive.selector, listing));
        market.fill(orderId, 1, PRICE, seen, buyer);
    }

    function test_onlyATitleHasAnExpectedState() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.StateChanged.selector, bytes32(0), bytes32("x")));
        market.fill(orderId, 1, PRICE, "x", buyer);
    }

    function test_attack_titleMovesAwayAndBack() public {
        uint256 orderId = offerTitle(listing, PRICE);
        transferTitle(listing, alice);
        transferTitle(listing, provider);
        vm.prank(provider);
        registry.approve(address(market), listing);
        bytes32 state = registry.stateHash(listing);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.TitleMoved.selector, orderId));
        market.fill(orderId, 1, PRICE, state, buyer);
    }

    function test_attack_strangersTitleIsOffered() public {
        vm.prank(provider);
        registry.approve(address(market), listing);
        uint256 orderId = place(stranger, Goods.TITLE, listing, 1, 1, 1);
        bytes32 state = registry.stateHash(listing);
        vm.prank(buyer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, stranger, listing, provider)
        );
        market.fill(orderId, 1, 1, state, buyer);
    }

    function test_staleOrdersMoveNothing() public {
        // approvals revoked
        uint256 orderId = offerTitle(listing, PRICE);
        bytes32 state = registry.stateHash(listing);
        vm.prank(provider);
        registry.approve(address(0), listing);
        vm.prank(buyer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, address(market), listing)
        );
        market.fill(orderId, 1, PRICE, state, buyer);

        uint256 ofPasses = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.prank(maker);
        passes.setApprovalForAll(address(market), false);
        expectNotFilled(
            ofPasses,
            1,
            abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, address(market), maker)
        );
        uint256 ofShares = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        vm.prank(maker);
        shares.approve(address(market), 0);
        expectNotFilled(
            ofShares, 1, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 1)
        );

        // balances gone
        vm.startPrank(maker);
        passes.setApprovalForAll(address(market), true);
        shares.approve(address(market), 10);
        passes.safeTransferFrom(maker, alice, pass, 1_000, "");
        shares.transfer(alice, 1_000_000e18);
        vm.stopPrank();
        expectNotFilled(
            ofPasses, 1, abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, maker, 0, 1, pass)
        );
        expectNotFilled(
            ofShares, 1, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, maker, 0, 1)
        );

        // nothing to pay with
        ofPasses = place(alice, Goods.PASS, pass, 10, 1, PRICE);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, PRICE)
        );
        market.fill(ofPasses, 1, PRICE, 0, stranger);
        assertEq(usd.balanceOf(buyer), 1_000_000e6);
        assertEq(usd.balanceOf(address(market)), 0);
    }

    function test_nothingOfAListingThatIsNotActiveIsSold() public {
        uint256 ofPasses = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        uint256 ofShares = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        bytes memory refused = abi.encodeWithSelector(ITokenMarket.ListingNotActive.selector, listing);
        vm.prank(provider);
        registry.setStatus(listing, Status.PAUSED);
        expectNotFilled(ofPasses, 1, refused);
        expectNotFilled(ofShares, 1, refused);
        vm.prank(admin);
        registry.suspend(listing);
        expectNotFilled(ofPasses, 1, refused);
        expectNotFilled(ofShares, 1, refused);
    }

    function test_anExpiredPassIsNotSold() public {
        uint256 term = defineTier(listing, PassKind.TERM, PRICE, 1 days, 10);
        uint256 id = buyPass(maker, term, 2);
        uint256 orderId = place(maker, Goods.PASS, id, 2, 1, PRICE);
        vm.warp(NOW + 1 days - 1);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);
        vm.warp(NOW + 1 days);
        expectNotFilled(orderId, 1, abi.encodeWithSelector(ITokenMarket.PassExpired.selector, id, NOW + 1 days));
    }

    function test_attack_renewedPassIsSoldTwice() public {
        uint256 term = defineTier(listing, PassKind.TERM, PRICE, 1 days, 10);
        uint256 id = buyPass(maker, term, 1);
        uint256 orderId = place(maker, Goods.PASS, id, 1, 1, PRICE);
        fund(maker, PRICE);
        vm.prank(maker);
        passes.renew(id, PRICE);
        expectNotFilled(
            orderId, 1, abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, maker, 0, 1, id)
        );
    }

    function test_attack_activeCreditsAreSold() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 1_000, 1, PRICE);
        vm.prank(maker);
        passes.activate(pass, 1);
        expectNotFilled(
            orderId,
            1_000,
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, maker, 999, 1_000, pass)
        );
    }

    function test_attack_foreignTokenPosesAsShares() public {
        // An order names a listing, and the registry its shares: what a token says of itself does not count.
        uint256 other = publish(stranger, "bait");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.NoShares.selector, other));
        market.place(Goods.SHARES, uint96(other), 1, 1, usd, 1, LATER);
    }

    function test_attack_titleIsHollowedOutByShares() public {
        uint256 other = publish(stranger, "bait");
        uint256 orderId = offerTitle(other, PRICE);
        bytes32 seen = registry.stateHash(other);
        issueShares(other, stranger, 1);
        bytes32 state = registry.stateHash(other);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.StateChanged.selector, state, seen));
        market.fill(orderId, 1, PRICE, seen, buyer);
    }

    function test_attack_makerFillsItself() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        fund(maker, PRICE);
        bytes memory refused = abi.encodeWithSelector(ITokenMarket.PartyNotAllowed.selector, maker);
        vm.prank(maker);
        vm.expectRevert(refused);
        market.fill(orderId, 1, PRICE, 0, alice);
        vm.prank(buyer);
        vm.expectRevert(refused);
        market.fill(orderId, 1, PRICE, 0, maker);
    }

    function test_theMarketHoldsNoGoods() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.PartyNotAllowed.selector, address(market)));
        market.fill(orderId, 1, PRICE, 0, address(market));
    }

    function test_aRefusingRecipientHurtsOnlyItself() public {
        address refusing = address(new RevertingReceiver());
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.startPrank(buyer);
        vm.expectRevert(bytes("no"));
        market.fill(orderId, 1, PRICE, 0, refusing);
        market.fill(orderId, 1, PRICE, 0, buyer);
        vm.stopPrank();
    }

    function test_attack_recipientReentersTheFill() public {
        ReentrantReceiver recipient = new ReentrantReceiver();
        uint256 ofPasses = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        uint256 ofTitle = offerTitle(listing, PRICE);
        bytes32 state = registry.stateHash(listing);
        recipient.attackWith(address(market), abi.encodeCall(market.fill, (ofPasses, 1, PRICE, 0, address(recipient))));
        fund(address(recipient), 10 * PRICE);
        vm.startPrank(buyer);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.fill(ofPasses, 1, PRICE, 0, address(recipient));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.fill(ofTitle, 1, PRICE, state, address(recipient));
        recipient.attackWith(address(market), abi.encodeCall(market.withdraw, (usd, maker)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.fill(ofPasses, 1, PRICE, 0, address(recipient));
        vm.stopPrank();
    }

    function test_attack_makerCancelsAndRepricesFromInsideTheFill() public {
        ReentrantReceiver colluding = new ReentrantReceiver();
        vm.prank(maker);
        passes.safeTransferFrom(maker, address(colluding), pass, 100, "");
        colluding.act(address(passes), abi.encodeCall(passes.setApprovalForAll, (address(market), true)));
        colluding.act(
            address(market), abi.encodeCall(market.place, (Goods.PASS, uint96(pass), 100, 1, usd, PRICE, LATER))
        );
        ReentrantReceiver recipient = new ReentrantReceiver();
        recipient.attackWith(
            address(colluding), abi.encodeCall(colluding.act, (address(market), abi.encodeCall(market.cancel, (1))))
        );
        vm.startPrank(buyer);
        assertEq(market.fill(1, 40, 40 * PRICE, 0, address(recipient)), 40 * PRICE);
        vm.stopPrank();
        assertEq(passes.balanceOf(address(recipient), pass), 40);
        assertEq(market.order(1).maker, address(0));
        assertEq(market.creditOf(usd, address(colluding)), 38 * PRICE);
    }

    function test_attack_paymentTokenReentersTheFill() public {
        HookedToken hooked = new HookedToken();
        allow(market, hooked);
        hooked.mint(buyer, 100 * PRICE);
        vm.prank(buyer);
        hooked.approve(address(market), type(uint256).max);
        vm.prank(maker);
        uint256 orderId = market.place(Goods.PASS, uint96(pass), 10, 1, hooked, PRICE, LATER);
        hooked.attackWith(address(market), abi.encodeCall(market.fill, (orderId, 1, PRICE, 0, buyer)));
        vm.prank(buyer);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.fill(orderId, 1, PRICE, 0, buyer);

        hooked.attackWith(address(0), "");
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);
        hooked.attackWith(address(market), abi.encodeCall(market.withdraw, (hooked, maker)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.withdraw(hooked, maker);
    }

    function test_attack_paymentTokenChargesFeesOrLies() public {
        FeeToken charging = new FeeToken();
        charging.mint(buyer, PRICE);
        vm.prank(buyer);
        charging.approve(address(market), PRICE);
        expectPaymentRefused(
            charging,
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, address(charging), PRICE, PRICE - PRICE / 100
            )
        );
        IERC20 lying = IERC20(address(new LyingToken(true)));
        expectPaymentRefused(
            lying, abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, address(lying), PRICE, 0)
        );
        IERC20 refusing = IERC20(address(new LyingToken(false)));
        expectPaymentRefused(
            refusing, abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(refusing))
        );
    }

    function test_tokensThatReturnNothingArePaidInAndOut() public {
        MuteToken mute = new MuteToken();
        mute.mint(buyer, PRICE);
        uint256 orderId = placeIn(IERC20(address(mute)));
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);
        assertEq(market.withdraw(IERC20(address(mute)), maker), PRICE * 95 / 100);
        assertEq(mute.balanceOf(maker), PRICE * 95 / 100);
    }

    function test_attack_makerIsBlockedByThePaymentToken() public {
        BlockingToken blocking = new BlockingToken();
        blocking.mint(buyer, PRICE);
        vm.prank(buyer);
        blocking.approve(address(market), PRICE);
        uint256 orderId = placeIn(blocking);
        blocking.setBlocked(maker);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);

        vm.expectRevert(bytes("blocked"));
        market.withdraw(blocking, maker);
        assertEq(market.withdraw(blocking, registry.splitterOf(listing)), PRICE / 20);
        assertEq(market.creditOf(blocking, maker), PRICE * 95 / 100);
    }

    function test_aTokenThatIsNoLongerAllowedBuysNothingAndIsStillPaidOut() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, 0, buyer);
        vm.expectEmit(address(market));
        emit ITokenMarket.PaymentTokenSet(usd, false);
        vm.prank(admin);
        market.setPaymentToken(usd, false);
        assertFalse(market.isPaymentToken(usd));
        expectNotFilled(orderId, 1, abi.encodeWithSelector(ITokenMarket.PaymentTokenNotAllowed.selector, usd));
        assertEq(market.withdraw(usd, maker), PRICE);
    }

    // ---------------------------------------------------------------- royalties

    function testFuzz_attack_royaltyAsksForMoreThanATenth(uint256 asked) public {
        assertRoyalty(abi.encode(author, asked), false, false, asked < PRICE / 10 ? asked : PRICE / 10);
    }

    function test_attack_royaltyAnswersNonsense() public {
        assertRoyalty("", false, false, 0);
        assertRoyalty(abi.encode(author), false, false, 0);
        assertRoyalty(abi.encode(type(uint256).max, 1), false, false, 0);
        assertRoyalty(abi.encode(address(0), 1), false, false, 0);
        assertRoyalty(new bytes(4_000), false, false, 0);
    }

    function testFuzz_attack_royaltyAnswersGarbage(bytes memory answer, bool reverts) public {
        RoyaltyBomb bomb = new RoyaltyBomb();
        bomb.set(answer, reverts, false);
        fillBombed(bomb);
    }

    function test_attack_royaltyReverts() public {
        assertRoyalty(abi.encode(author, PRICE), true, false, 0);
    }

    function test_attack_royaltyBurnsAllGas() public {
        assertRoyalty("", false, true, 0);
    }

    function test_attack_royaltyNamesTheMarket() public {
        vm.prank(provider);
        registry.setRoyalty(listing, address(market), 1_000);
        uint256 orderId = offerTitle(listing, PRICE);
        bytes32 state = registry.stateHash(listing);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, state, buyer);
        assertEq(market.creditOf(usd, address(market)), 0);
        assertEq(market.creditOf(usd, provider), PRICE);
    }

    /// @dev Whatever gas the taker sends: either nothing happens or the royalty is paid.
    /// forge-config: default.fuzz.runs = 1024
    /// forge-config: deep.fuzz.runs = 10000
    function testFuzz_attack_takerStarvesTheRoyalty(uint256 gasLimit) public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        gasLimit = bound(gasLimit, 30_000, 300_000);
        vm.prank(buyer);
        (bool success,) =
            address(market).call{gas: gasLimit}(abi.encodeCall(market.fill, (orderId, 1, PRICE, 0, buyer)));
        assertEq(market.creditOf(usd, registry.splitterOf(listing)), success ? PRICE / 20 : 0);
    }

    // ---------------------------------------------------------------- fillWithAuthorization

    function testFuzz_anAuthorizationBuysWhatItsPayerSigned(uint96 quantity) public {
        quantity = uint96(bound(quantity, 1, 1_000));
        uint256 orderId = place(maker, Goods.PASS, pass, 1_000, 3, PRICE);
        uint256 total = market.totalOf(orderId, quantity);
        Authorization memory paid = authorizeFill("buyer", buyer, orderId, quantity, total, 0, alice);
        usd.mint(buyer, total);

        vm.prank(stranger);
        assertEq(market.fillWithAuthorization(orderId, quantity, total, 0, alice, paid), total);

        assertEq(passes.balanceOf(alice, pass), quantity);
        assertEq(usd.balanceOf(address(market)), total);
        assertEq(usd.balanceOf(buyer), 1_000_000e6);
    }

    function test_attack_copiedAuthorizationBuysNothingElse() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        uint256 other = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        Authorization memory paid = authorizeFill("buyer", buyer, orderId, 1, PRICE, 0, alice);
        vm.startPrank(stranger);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        market.fillWithAuthorization(orderId, 1, PRICE, 0, stranger, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        market.fillWithAuthorization(orderId, 2, 2 * PRICE, 0, alice, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        market.fillWithAuthorization(orderId, 1, PRICE + 1, 0, alice, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        market.fillWithAuthorization(other, 1, PRICE, 0, alice, paid);
        market.fillWithAuthorization(orderId, 1, PRICE, 0, alice, paid);
        bytes32 nonce = market.fillNonce(orderId, 1, PRICE, 0, alice, "salt");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, buyer, nonce));
        market.fillWithAuthorization(orderId, 1, PRICE, 0, alice, paid);
        vm.stopPrank();
    }

    function test_attack_copiedAuthorizationFillsAtAnotherMarket() public {
        TokenMarket other = new TokenMarket(address(authority), registry, passes);
        open(other);
        place(maker, Goods.PASS, pass, 10, 1, PRICE);
        vm.startPrank(maker);
        other.place(Goods.PASS, uint96(pass), 10, 1, usd, PRICE, LATER);
        passes.setApprovalForAll(address(other), true);
        vm.stopPrank();
        Authorization memory paid = authorizeFill("buyer", buyer, 1, 1, PRICE, 0, alice);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        other.fillWithAuthorization(1, 1, PRICE, 0, alice, paid);
    }

    function test_attack_authorizedTitleIsHollowedOut() public {
        uint256 orderId = offerTitle(listing, PRICE);
        bytes32 seen = registry.stateHash(listing);
        Authorization memory paid = authorizeFill("buyer", buyer, orderId, 1, PRICE, seen, alice);
        setSplits(listing, evenly(2));
        bytes32 state = registry.stateHash(listing);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.StateChanged.selector, state, seen));
        market.fillWithAuthorization(orderId, 1, PRICE, seen, alice, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        market.fillWithAuthorization(orderId, 1, PRICE, state, alice, paid);
    }

    function test_attack_makerAuthorizesItsOwnFill() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 10, 1, PRICE);
        Authorization memory paid = authorizeFill("maker", maker, orderId, 1, PRICE, 0, alice);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.PartyNotAllowed.selector, maker));
        market.fillWithAuthorization(orderId, 1, PRICE, 0, alice, paid);
    }

    function test_contractWalletsAndDelegatedAccountsPayByAuthorization() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        address wallet = address(new ContractWallet(alice));
        address delegated = account("delegated");
        vm.etch(delegated, abi.encodePacked(hex"ef0100", wallet));
        fund(wallet, PRICE);
        fund(delegated, PRICE);
        Authorization memory paid = authorizeFill("alice", wallet, orderId, 1, PRICE, 0, wallet);
        market.fillWithAuthorization(orderId, 1, PRICE, 0, wallet, paid);
        paid = authorizeFill("alice", delegated, orderId, 1, PRICE, 0, delegated);
        market.fillWithAuthorization(orderId, 1, PRICE, 0, delegated, paid);
        assertEq(shares.balanceOf(wallet), 1);
        assertEq(shares.balanceOf(delegated), 1);
    }

    // ---------------------------------------------------------------- withdraw and authority

    function test_anyoneHasAnAccountPaidOnce() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, 10, 10 * PRICE, 0, buyer);
        vm.expectEmit(address(market));
        emit ITokenMarket.Withdrawn(usd, maker, 10 * PRICE);
        vm.prank(stranger);
        assertEq(market.withdraw(usd, maker), 10 * PRICE);
        assertEq(usd.balanceOf(maker), 10 * PRICE);
        vm.recordLogs();
        assertEq(market.withdraw(usd, maker), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_onlyNewBusinessEndsWhenTheMarketIsClosed() public {
        uint256 orderId = place(maker, Goods.SHARES, listing, 10, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, 5, 5 * PRICE, 0, buyer);
        Authorization memory paid = authorizeFill("buyer", buyer, orderId, 1, PRICE, 0, alice);
        close(address(market));

        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer);
        vm.startPrank(buyer);
        vm.expectRevert(refused);
        market.place(Goods.SHARES, uint96(listing), 1, 1, usd, 1, LATER);
        vm.expectRevert(refused);
        market.fill(orderId, 1, PRICE, 0, buyer);
        vm.expectRevert(refused);
        market.fillWithAuthorization(orderId, 1, PRICE, 0, alice, paid);
        vm.stopPrank();

        vm.startPrank(maker);
        market.reprice(orderId, 1);
        market.cancel(orderId);
        vm.stopPrank();
        assertEq(market.withdraw(usd, maker), 5 * PRICE);
    }

    // ---------------------------------------------------------------- inside

    function setFee(uint16 bps) private {
        vm.prank(admin);
        market.setFee(treasury, bps);
    }

    function setRoyalty(uint16 bps) private {
        vm.prank(provider);
        registry.setRoyalty(listing, author, bps);
    }

    function placeIn(IERC20 asset) private returns (uint256) {
        allow(market, asset);
        vm.prank(maker);
        return market.place(Goods.PASS, uint96(pass), 10, 1, asset, PRICE, LATER);
    }

    function authorizeFill(
        string memory signer,
        address payer,
        uint256 orderId,
        uint256 quantity,
        uint256 total,
        bytes32 state,
        address recipient
    ) private view returns (Authorization memory) {
        bytes32 nonce = market.fillNonce(orderId, quantity, total, state, recipient, "salt");
        return authorize(signer, payer, address(market), total, nonce);
    }

    /// @dev A market for passes that answer so; one is sold, and `royalty` of it is to reach the author.
    function assertRoyalty(bytes memory answer, bool reverts, bool burns, uint256 royalty) private {
        RoyaltyBomb bomb = new RoyaltyBomb();
        bomb.set(answer, reverts, burns);
        TokenMarket bombed = fillBombed(bomb);
        assertEq(bombed.creditOf(usd, author), royalty);
        assertEq(bombed.creditOf(usd, maker), PRICE - royalty);
    }

    function fillBombed(RoyaltyBomb bomb) private returns (TokenMarket bombed) {
        bombed = new TokenMarket(address(authority), registry, IAccessPass(address(bomb)));
        open(bombed);
        vm.prank(maker);
        bombed.place(Goods.PASS, 1, 1, 1, usd, PRICE, LATER);
        vm.startPrank(buyer);
        usd.approve(address(bombed), PRICE);
        bombed.fill{gas: 400_000}(1, 1, PRICE, 0, buyer);
        vm.stopPrank();
        assertEq(usd.balanceOf(address(bombed)), PRICE);
        assertGte(bombed.creditOf(usd, maker), PRICE * 9 / 10);
    }

    function expectNotFilled(uint256 orderId, uint256 quantity, bytes memory reason) private {
        vm.prank(buyer);
        vm.expectRevert(reason);
        market.fill(orderId, quantity, type(uint256).max, 0, buyer);
    }

    function expectStateChanged(uint256 orderId, bytes32 seen) private {
        bytes32 state = registry.stateHash(listing);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITokenMarket.StateChanged.selector, state, seen));
        market.fill(orderId, 1, PRICE, seen, buyer);
    }

    function expectPaymentRefused(IERC20 asset, bytes memory reason) private {
        uint256 orderId = placeIn(asset);
        vm.prank(buyer);
        vm.expectRevert(reason);
        market.fill(orderId, 1, PRICE, 0, buyer);
    }
}
