// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {AllocationSale} from "../src/staking/AllocationSale.sol";
import {Commitment, IAllocationSale, Opening, Sale, Terms} from "../src/staking/IAllocationSale.sol";
import {Authorization, ExactTransfer} from "../src/token/ExactTransfer.sol";
import {PermitMulticall} from "../src/token/PermitMulticall.sol";
import {SaleTest} from "./base/SaleTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {BlockingToken, FeeToken, PlainToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {HookedToken, LyingToken, MuteToken} from "./mocks/Traders.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract AllocationSaleTest is SaleTest {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant GRACE = 7 days;

    // ---------------------------------------------------------------- announce

    function test_announceEscrowsEverythingAndFixesTheTerms() public {
        bytes32 saleId = announce();
        Sale memory sale = sales.saleOf(saleId);
        assertEq(sold.balanceOf(address(sales)), uint256(LOTS) * LOT);
        assertEq(sale.seller, seller);
        assertEq(sale.snapshot, NOW - 1);
        assertEq(sale.deadline, DEADLINE);
        assertEq(address(sale.token), address(sold));
        assertEq(address(sale.asset), address(usd));
        assertEq(sale.lots, LOTS);
        assertEq(sale.lot, LOT);
        assertEq(sale.price, PRICE);
        assertEq(sale.base, BASE);
        assertEq(keccak256(abi.encode(sale.multipliers)), keccak256(abi.encode(terms().multipliers)));
        assertEq(sale.windows.length, 3);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(sale.windows[i].start, terms().openings[i].start);
            assertEq(sale.windows[i].minScore, terms().openings[i].minScore);
        }
        assertFalse(sale.isSettled);
    }

    function test_announceTells() public {
        sold.mint(seller, uint256(LOTS) * LOT);
        vm.startPrank(seller);
        sold.approve(address(sales), uint256(LOTS) * LOT);
        bytes32 saleId = keccak256(abi.encode(seller, uint40(NOW - 1), terms()));
        vm.expectEmit(address(sales));
        emit IAllocationSale.Announced(saleId, seller, sold, uint40(NOW - 1), terms());
        assertEq(sales.announce(terms()), saleId);
        vm.stopPrank();
    }

    function test_theSameSaleTwiceInASecondIsRefused() public {
        bytes32 saleId = announce();
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.AlreadyAnnounced.selector, saleId));
        sales.announce(terms());
        vm.warp(NOW + 1);
        Terms memory later = terms();
        later.openings[0].start = uint40(NOW + 1);
        assertTrue(announce(later) != saleId);
    }

    function test_malformedTermsAreRefused() public {
        Terms[15] memory bad;
        for (uint256 i = 0; i < bad.length; ++i) {
            bad[i] = terms();
        }
        bad[0].lots = 0;
        bad[1].lot = 0;
        bad[2].price = 0;
        bad[3].openings = new Opening[](0);
        bad[4].openings = new Opening[](5);
        for (uint256 i = 0; i < 5; ++i) {
            bad[4].openings[i] = Opening(uint40(NOW + i), 0);
        }
        bad[5].openings[0].start = uint40(NOW - 1);
        bad[6].openings[1].start = bad[6].openings[0].start;
        bad[7].openings[2].start = uint40(NOW + 11 hours);
        bad[8].openings[0].minScore = 11;
        bad[9].openings[1].minScore = 9;
        bad[10].deadline = bad[10].openings[2].start;
        bad[11].deadline = uint40(NOW + 90 days + 1);
        bad[12].deadline = 0;
        bad[13].multipliers = new uint16[](10);
        bad[14].multipliers = new uint16[](12);
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(IAllocationSale.MalformedTerms.selector);
            sales.announce(bad[i]);
        }
        Terms memory longest = terms();
        longest.deadline = uint40(NOW + 90 days);
        announce(longest);
    }

    // ---------------------------------------------------------------- commit

    function test_inHourZeroToTwelveOnlyScoresFromEightOnCanBuy() public {
        giveScore(alice, 8);
        giveScore(bob, 7);
        giveScore(carol, 5);
        vm.warp(NOW + 1);
        Terms memory offered = terms();
        offered.openings[0].start = uint40(NOW + 1);
        bytes32 saleId = announce(offered);

        expectScoreTooLow(saleId, bob, 7, 8);
        commit(saleId, alice, 1);
        vm.warp(NOW + 12 hours - 1);
        expectScoreTooLow(saleId, bob, 7, 8);

        vm.warp(NOW + 12 hours);
        commit(saleId, bob, 1);
        commit(saleId, carol, 1);
        expectScoreTooLow(saleId, seller, 0, 5);
        vm.warp(NOW + 24 hours - 1);
        expectScoreTooLow(saleId, seller, 0, 5);
        vm.warp(NOW + 24 hours);
        commit(saleId, seller, 1);

        assertEq(sales.commitmentOf(saleId, alice).window, 0);
        assertEq(sales.commitmentOf(saleId, bob).window, 1);
        assertEq(sales.commitmentOf(saleId, seller).window, 2);
    }

    function test_commitmentsAreTakenFromTheFirstWindowUntilTheDeadline() public {
        Terms memory offered = terms();
        for (uint256 i = 0; i < 3; ++i) {
            offered.openings[i] = Opening(uint40(NOW + 10 + i), 0);
        }
        bytes32 saleId = announce(offered);
        expectNotOpen(saleId);
        vm.warp(NOW + 9);
        expectNotOpen(saleId);
        vm.warp(NOW + 10);
        commit(saleId, alice, 1);
        vm.warp(DEADLINE - 1);
        commit(saleId, bob, 1);
        vm.warp(DEADLINE);
        expectNotOpen(saleId);
        expectNotOpen("no such sale");
    }

    function testFuzz_aCommitmentIsAtMostBaseTimesTheMultiplierOfTheScore(uint256 score, uint96 lots) public {
        score = bound(score, 0, 10);
        giveScore(alice, score);
        bytes32 saleId = announceForAll();
        uint256 limit = uint256(BASE) * terms().multipliers[score] / 100;
        assertEq(sales.limitOf(saleId, alice), limit);

        pay(alice, uint256(lots) * PRICE);
        if (lots == 0 || lots > limit) {
            vm.expectRevert(abi.encodeWithSelector(IAllocationSale.LotsOutOfRange.selector, saleId, lots, limit));
        }
        vm.prank(alice);
        sales.commit(saleId, lots);
    }

    function test_commitTakesThePriceAndTells() public {
        bytes32 saleId = announceForAll();
        commit(saleId, bob, 20);
        pay(alice, 30 * PRICE);
        vm.expectEmit(address(sales));
        emit IAllocationSale.Committed(saleId, alice, 0, 30);
        vm.prank(alice);
        sales.commit(saleId, 30);

        assertEq(usd.balanceOf(alice), 0);
        assertEq(usd.balanceOf(address(sales)), 50 * PRICE);
        Commitment memory made = sales.commitmentOf(saleId, alice);
        assertEq(made.lots, 30);
        assertEq(made.ahead, 20);
        assertEq(sales.saleOf(saleId).windows[0].demand, 50);
        assertEq(sales.allocationOf(saleId, alice), 0);
    }

    function test_aBuyerCommitsOnce() public {
        bytes32 saleId = announceForAll();
        commit(saleId, alice, 1);
        pay(alice, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.AlreadyCommitted.selector, saleId, alice));
        vm.prank(alice);
        sales.commit(saleId, 1);
    }

    function test_attack_lockMadeAfterTheAnnouncement() public {
        bytes32 saleId = announce();
        giveScore(alice, 10);
        vm.warp(NOW + 1 hours);
        assertEq(escrow.scoreAt(alice, NOW + 1), 10);
        expectScoreTooLow(saleId, alice, 0, 8);
        assertEq(sales.limitOf(saleId, alice), BASE / 2);
    }

    function test_aScoreCountsThoughTheLockEndsBeforeTheSale() public {
        uint256 end = FIRST_END + 28 days;
        lockFor(alice, 7_777_000 * ONE, 1);
        vm.warp(end - 1);
        Terms memory offered = terms();
        offered.openings[0].start = uint40(end);
        offered.openings[1].start = uint40(end + 1);
        offered.openings[2].start = uint40(end + 2);
        offered.deadline = uint40(end + 3);
        bytes32 saleId = announce(offered);
        vm.warp(end);
        commit(saleId, alice, 1_000);
    }

    function test_permitAndCommitAreOneTransaction() public {
        bytes32 saleId = announceForAll();
        usd.mint(alice, PRICE);
        bytes32 message = keccak256(abi.encode(PERMIT, alice, address(sales), PRICE, 0, DEADLINE));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf("alice"), keccak256(abi.encodePacked(hex"1901", usd.DOMAIN_SEPARATOR(), message)));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(PermitMulticall.permit, (usd, PRICE, DEADLINE, v, r, s));
        calls[1] = abi.encodeCall(IAllocationSale.commit, (saleId, 1));
        vm.prank(alice);
        sales.multicall(calls);
        assertEq(sales.commitmentOf(saleId, alice).lots, 1);
    }

    // ---------------------------------------------------------------- commit by signature

    function testFuzz_anyoneSubmitsACommitmentButThePayerHasIt(uint256 lots) public {
        lots = bound(lots, 1, 50);
        bytes32 saleId = announceForAll();
        Authorization memory authorization = signed("alice", alice, saleId, uint96(lots));
        vm.prank(carol);
        sales.commitWithAuthorization(saleId, uint96(lots), authorization);
        assertEq(sales.commitmentOf(saleId, alice).lots, lots);
        assertEq(sales.commitmentOf(saleId, carol).lots, 0);
        assertEq(usd.balanceOf(address(sales)), lots * PRICE);
    }

    function test_attack_authorizationUsedForAnotherCommitmentThanSigned() public {
        bytes32 saleId = announceForAll();
        Terms memory offered = termsForAll();
        offered.base = BASE + 1;
        bytes32 other = announce(offered);
        Authorization memory authorization = signed("alice", alice, saleId, 2);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        sales.commitWithAuthorization(other, 2, authorization);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        sales.commitWithAuthorization(saleId, 1, authorization);
        authorization.payer = bob;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        sales.commitWithAuthorization(saleId, 2, authorization);
    }

    function test_attack_malleableOrTruncatedSignature() public {
        bytes32 saleId = announceForAll();
        Authorization memory authorization = signed("alice", alice, saleId, 1);
        bytes memory good = authorization.signature;
        (bytes32 r, bytes32 s) = abi.decode(good, (bytes32, bytes32));
        bytes[3] memory bad;
        bad[0] = abi.encodePacked(r, ORDER - uint256(s), good[64] == hex"1b" ? bytes1(0x1c) : bytes1(0x1b));
        bad[1] = abi.encodePacked(r, s);
        bad[2] = "";
        for (uint256 i = 0; i < bad.length; ++i) {
            authorization.signature = bad[i];
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            sales.commitWithAuthorization(saleId, 1, authorization);
        }
    }

    function test_contractWalletsAndAccountsWithDelegatedCodeCommitByWhatTheyAccept() public {
        bytes32 saleId = announceForAll();
        address wallet = address(new ContractWallet(alice));
        sales.commitWithAuthorization(saleId, 3, signed("alice", wallet, saleId, 3));
        assertEq(sales.commitmentOf(saleId, wallet).lots, 3);

        vm.etch(bob, abi.encodePacked(hex"ef0100", wallet));
        sales.commitWithAuthorization(saleId, 4, signed("alice", bob, saleId, 4));
        assertEq(sales.commitmentOf(saleId, bob).lots, 4);
    }

    // ---------------------------------------------------------------- settle

    function test_earlierWindowsAreFilledFirstAndTheLastOneProRata() public {
        giveScore(alice, 8);
        giveScore(bob, 5);
        giveScore(carol, 5);
        vm.warp(NOW + 1);
        bytes32 saleId = announce(termsFrom(NOW + 1));
        commit(saleId, alice, 600);
        vm.warp(NOW + 12 hours);
        commit(saleId, bob, 300);
        commit(saleId, carol, 300);
        vm.warp(NOW + 24 hours);
        commit(saleId, seller, 50);

        vm.warp(DEADLINE);
        vm.expectEmit(address(sales));
        uint96[] memory filled = new uint96[](3);
        (filled[0], filled[1]) = (600, 400);
        emit IAllocationSale.Settled(saleId, filled);
        sales.settle(saleId);

        assertEq(sales.allocationOf(saleId, alice), 600);
        assertEq(sales.allocationOf(saleId, bob), 200);
        assertEq(sales.allocationOf(saleId, carol), 200);
        assertEq(sales.allocationOf(saleId, seller), 0);
        expectPaid(saleId, alice, 600, 0);
        expectPaid(saleId, bob, 200, 100);
        expectPaid(saleId, carol, 200, 100);
        expectPaid(saleId, seller, 0, 50);
        assertEq(sales.payProceeds(saleId), 1_000 * PRICE);
        assertEq(sales.returnUnsold(saleId), 0);
        assertEq(usd.balanceOf(address(sales)), 0);
        assertEq(sold.balanceOf(address(sales)), 0);
    }

    function test_whatNobodyBoughtGoesBackToTheSeller() public {
        bytes32 saleId = announceForAll();
        commit(saleId, alice, 40);
        settle(saleId);
        expectPaid(saleId, alice, 40, 0);

        vm.expectEmit(address(sales));
        emit IAllocationSale.ProceedsPaid(saleId, seller, 40 * PRICE);
        assertEq(sales.payProceeds(saleId), 40 * PRICE);
        vm.expectEmit(address(sales));
        emit IAllocationSale.UnsoldReturned(saleId, seller, 960 * uint256(LOT));
        assertEq(sales.returnUnsold(saleId), 960 * uint256(LOT));
        assertEq(usd.balanceOf(seller), 40 * PRICE);
        assertEq(sold.balanceOf(seller), 960 * uint256(LOT));

        assertEq(sales.payProceeds(saleId), 0);
        assertEq(sales.returnUnsold(saleId), 0);
        assertEq(sales.claim(saleId, alice), 0);
        assertEq(sales.refund(saleId, alice), 0);
    }

    function test_aSaleThatNobodyWantedReturnsEverything() public {
        bytes32 saleId = announce();
        settle(saleId);
        assertEq(sales.payProceeds(saleId), 0);
        assertEq(sales.returnUnsold(saleId), uint256(LOTS) * LOT);
    }

    function test_claimAndRefundTell() public {
        bytes32 saleId = overSubscribed(3, 10, 20);
        settle(saleId);
        // Of lots 0 to 9, 10 to 19 and 20 to 29, those that 20 of 30 comes to: 6, 7 and 7
        vm.expectEmit(address(sales));
        emit IAllocationSale.Allocated(saleId, personAt(0), 6 * uint256(LOT));
        sales.claim(saleId, personAt(0));
        vm.expectEmit(address(sales));
        emit IAllocationSale.Refunded(saleId, personAt(0), 4 * PRICE);
        sales.refund(saleId, personAt(0));
        assertEq(sales.allocationOf(saleId, personAt(1)), 7);
        assertEq(sales.allocationOf(saleId, personAt(2)), 7);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_attack_proRataDust(uint256 seed, uint256 count, uint96 lots) public {
        count = bound(count, 1, 12);
        lots = uint96(bound(lots, 1, LOTS));
        Terms memory offered = termsForAll();
        offered.lots = lots;
        bytes32 saleId = announce(offered);
        uint256 demand = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint96 wanted = uint96(1 + uint256(keccak256(abi.encode(seed, i))) % 50);
            commit(saleId, personAt(i), wanted);
            demand += wanted;
        }
        settle(saleId);

        uint256 filled = demand < lots ? demand : lots;
        uint256 sum = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 wanted = sales.commitmentOf(saleId, personAt(i)).lots;
            uint256 got = sales.allocationOf(saleId, personAt(i));
            // Less than one lot from the exact proportion, either way
            assertLt(got * demand, wanted * filled + demand);
            assertGt((got + 1) * demand, wanted * filled);
            assertLte(got, wanted);
            expectPaid(saleId, personAt(i), got, wanted - got);
            sum += got;
        }
        assertEq(sum, filled);
        assertEq(sales.payProceeds(saleId), filled * PRICE);
        assertEq(sales.returnUnsold(saleId), (lots - filled) * LOT);
        assertEq(usd.balanceOf(address(sales)), 0);
        assertEq(sold.balanceOf(address(sales)), 0);
    }

    function test_nothingIsSettledOrPaidOutBeforeTheDeadline() public {
        bytes32 saleId = announceForAll();
        commit(saleId, alice, 1);
        vm.warp(DEADLINE - 1);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.BeforeDeadline.selector, saleId));
        sales.settle(saleId);
        expectNothingIsPaidOut(saleId);

        vm.warp(DEADLINE);
        expectNothingIsPaidOut(saleId);
        sales.settle(saleId);
        sales.settle(saleId);
        assertEq(sales.claim(saleId, alice), LOT);
    }

    function test_whoDidNotCommitIsPaidNothing() public {
        bytes32 saleId = overSubscribed(2, 10, 15);
        settle(saleId);
        assertEq(sales.claim(saleId, bob), 0);
        assertEq(sales.refund(saleId, bob), 0);
    }

    // ---------------------------------------------------------------- void

    function test_attack_sellerWhoDisappears() public {
        bytes32 saleId = overSubscribed(2, 10, 15);
        vm.warp(DEADLINE + GRACE - 1);
        vm.prank(carol);
        sales.settle(saleId);
        vm.startPrank(carol);
        sales.claim(saleId, personAt(0));
        sales.refund(saleId, personAt(1));
        sales.payProceeds(saleId);
        vm.stopPrank();
        assertEq(sold.balanceOf(personAt(0)), 7 * uint256(LOT));
        assertEq(usd.balanceOf(personAt(1)), 2 * PRICE);
        assertEq(usd.balanceOf(seller), 15 * PRICE);
    }

    function test_aSaleThatNobodySettlesIsVoidAndEverybodyGetsEverythingBack() public {
        bytes32 saleId = overSubscribed(2, 10, 15);
        vm.warp(DEADLINE + GRACE - 1);
        expectNothingIsPaidOut(saleId);
        vm.warp(DEADLINE + GRACE);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.SaleVoid.selector, saleId));
        sales.settle(saleId);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.NotSettled.selector, saleId));
        sales.claim(saleId, personAt(0));
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.NotSettled.selector, saleId));
        sales.payProceeds(saleId);

        for (uint256 i = 0; i < 2; ++i) {
            assertEq(sales.refund(saleId, personAt(i)), 10 * PRICE);
            assertEq(sales.refund(saleId, personAt(i)), 0);
            assertEq(usd.balanceOf(personAt(i)), 10 * PRICE);
        }
        assertEq(sales.returnUnsold(saleId), 15 * uint256(LOT));
        assertEq(sales.returnUnsold(saleId), 0);
        assertEq(usd.balanceOf(address(sales)), 0);
        assertEq(sold.balanceOf(address(sales)), 0);
    }

    function test_aSettledSaleNeverBecomesVoid() public {
        bytes32 saleId = overSubscribed(2, 10, 15);
        settle(saleId);
        vm.warp(DEADLINE + 1_000 days);
        sales.settle(saleId);
        expectPaid(saleId, personAt(0), 7, 3);
        assertEq(sales.payProceeds(saleId), 15 * PRICE);
        assertEq(sales.returnUnsold(saleId), 0);
    }

    function test_aSaleThatWasNeverAnnouncedHasNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.SaleVoid.selector, bytes32("none")));
        sales.settle("none");
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.NotSettled.selector, bytes32("none")));
        sales.claim("none", alice);
        assertEq(sales.refund("none", alice), 0);
        assertEq(sales.returnUnsold("none"), 0);
        assertEq(sales.saleOf("none").seller, address(0));
    }

    // ---------------------------------------------------------------- the switch, authority

    function test_salesAreOffAtFirstAndTheDaoSwitchesThem() public {
        bytes32 saleId = announceForAll();
        pay(alice, PRICE);
        vm.expectEmit(address(sales));
        emit IParameters.ParameterChanged("enabled", 1, 0);
        vm.prank(admin);
        sales.setEnabled(false);

        vm.expectRevert(IAllocationSale.SalesOff.selector);
        sales.announce(terms());
        vm.prank(alice);
        sales.commit(saleId, 1);

        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        vm.prank(alice);
        sales.setEnabled(true);
    }

    function test_theSwitchIsOffInANewContract() public {
        assertFalse(newSales().enabled());
    }

    function test_neitherTheSwitchNorClosingHoldsUpAnExit() public {
        bytes32 saleId = overSubscribed(2, 10, 15);
        Terms memory small = termsForAll();
        small.lots = 2;
        bytes32 other = announce(small);
        commit(other, alice, 1);
        vm.prank(admin);
        sales.setEnabled(false);
        vm.prank(admin);
        authority.setTargetClosed(address(sales), true);

        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, seller));
        sales.announce(terms());
        settle(saleId);
        assertGt(sales.claim(saleId, personAt(0)), 0);
        assertGt(sales.refund(saleId, personAt(0)), 0);
        assertGt(sales.payProceeds(saleId), 0);
        vm.warp(DEADLINE + GRACE);
        assertGt(sales.refund(other, alice), 0);
        assertGt(sales.returnUnsold(other), 0);
    }

    // ---------------------------------------------------------------- hostile tokens

    function test_attack_tokensThatKeepAFee() public {
        FeeToken fee = new FeeToken();
        Terms memory offered = termsForAll();
        offered.token = fee;
        fee.mint(seller, uint256(LOTS) * LOT);
        vm.startPrank(seller);
        fee.approve(address(sales), uint256(LOTS) * LOT);
        vm.expectRevert();
        sales.announce(offered);
        vm.stopPrank();

        offered = termsForAll();
        (offered.asset, offered.price) = (fee, 100);
        bytes32 saleId = announce(offered);
        fee.mint(alice, 100);
        vm.startPrank(alice);
        fee.approve(address(sales), 100);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, fee, 100, 99));
        sales.commit(saleId, 1);
        vm.stopPrank();
    }

    function test_attack_assetThatLies() public {
        Terms memory offered = termsForAll();
        offered.asset = IERC20(address(new LyingToken(true)));
        bytes32 saleId = announce(offered);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, offered.asset, PRICE, 0));
        sales.commit(saleId, 1);
        offered.asset = IERC20(address(new LyingToken(false)));
        saleId = announce(offered);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, offered.asset));
        sales.commit(saleId, 1);
    }

    function test_assetsThatReturnNothingAreAsGoodAsAnyOther() public {
        MuteToken mute = new MuteToken();
        Terms memory offered = termsForAll();
        offered.asset = IERC20(address(mute));
        bytes32 saleId = announce(offered);
        mute.mint(alice, 10 * PRICE);
        vm.prank(alice);
        sales.commit(saleId, 10);
        settle(saleId);
        sales.payProceeds(saleId);
        assertEq(mute.balanceOf(seller), 10 * PRICE);
    }

    function test_attack_tokenThatCannotBeDeliveredDoesNotHoldUpRefunds() public {
        BlockingToken goods = new BlockingToken();
        Terms memory offered = termsForAll();
        (offered.token, offered.lots) = (goods, 15);
        bytes32 saleId = announce(offered);
        commit(saleId, alice, 10);
        commit(saleId, bob, 10);
        goods.setBlocked(alice);
        settle(saleId);
        vm.expectRevert("blocked");
        sales.claim(saleId, alice);
        assertEq(sales.refund(saleId, alice), 3 * PRICE);
        assertEq(sales.claim(saleId, bob), 8 * uint256(LOT));
        assertEq(sales.payProceeds(saleId), 15 * PRICE);
    }

    function test_attack_tokenThatShrinksHarmsOnlyItself() public {
        ShrinkingToken shrinking = new ShrinkingToken();
        Terms memory offered = termsForAll();
        offered.token = shrinking;
        bytes32 bad = announce(offered);
        bytes32 good = announceForAll();
        commit(bad, alice, 1);
        commit(good, alice, 1);
        shrinking.shrink(address(sales), uint256(LOTS) * LOT);
        settle(bad);
        sales.settle(good);
        vm.expectRevert();
        sales.claim(bad, alice);
        assertEq(sales.claim(good, alice), LOT);
        sales.payProceeds(bad);
        sales.payProceeds(good);
        sales.returnUnsold(good);
    }

    function test_attack_reentrantAsset() public {
        HookedToken hooked = new HookedToken();
        Terms memory offered = termsForAll();
        (offered.token, offered.asset, offered.lots) = (hooked, hooked, 15);
        bytes32 saleId = announce(offered);
        for (uint256 i = 0; i < 2; ++i) {
            hooked.mint(personAt(i), 10 * PRICE);
            vm.startPrank(personAt(i));
            hooked.approve(address(sales), 10 * PRICE);
            sales.commit(saleId, 10);
            vm.stopPrank();
        }
        settle(saleId);
        bytes[6] memory attacks;
        attacks[0] = abi.encodeCall(IAllocationSale.claim, (saleId, personAt(0)));
        attacks[1] = abi.encodeCall(IAllocationSale.refund, (saleId, personAt(0)));
        attacks[2] = abi.encodeCall(IAllocationSale.payProceeds, (saleId));
        attacks[3] = abi.encodeCall(IAllocationSale.returnUnsold, (saleId));
        attacks[4] = abi.encodeCall(IAllocationSale.settle, (saleId));
        attacks[5] = abi.encodeCall(IAllocationSale.commit, (saleId, 1));
        for (uint256 i = 0; i < attacks.length; ++i) {
            if (i == 5) vm.prank(admin);
            if (i == 5) authority.setTargetFunctionRole(address(sales), only(sales.commit.selector), type(uint64).max);
            hooked.attackWith(address(sales), attacks[i]);
            bytes4 reason = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
            vm.expectRevert(reason);
            sales.claim(saleId, personAt(0));
            vm.expectRevert(reason);
            sales.refund(saleId, personAt(0));
            vm.expectRevert(reason);
            sales.payProceeds(saleId);
        }
    }

    function test_salesOfTheSameTokenForItselfAreKeptApart() public {
        Terms memory offered = termsForAll();
        (offered.asset, offered.lots) = (sold, 15);
        bytes32 first = announce(offered);
        bytes32 second = announceForAll();
        sold.mint(alice, 10 * PRICE);
        vm.startPrank(alice);
        sold.approve(address(sales), 10 * PRICE);
        sales.commit(first, 10);
        vm.stopPrank();
        settle(first);
        sales.claim(first, alice);
        sales.payProceeds(first);
        sales.returnUnsold(first);
        assertEq(sold.balanceOf(address(sales)), uint256(LOTS) * LOT);
        sales.settle(second);
        sales.returnUnsold(second);
        assertEq(sold.balanceOf(address(sales)), 0);
    }

    // ---------------------------------------------------------------- helpers

    function termsFrom(uint256 start) private view returns (Terms memory offered) {
        offered = terms();
        offered.openings[0].start = uint40(start);
    }

    /// @dev One window, for everybody.
    function termsForAll() private view returns (Terms memory offered) {
        offered = terms();
        offered.openings = new Opening[](1);
        offered.openings[0] = Opening(uint40(block.timestamp), 0);
    }

    function announceForAll() private returns (bytes32) {
        vm.warp(block.timestamp + 1);
        return announce(termsForAll());
    }

    /// @dev `count` people want `wanted` lots each, and there are `lots`.
    function overSubscribed(uint256 count, uint96 wanted, uint96 lots) private returns (bytes32 saleId) {
        Terms memory offered = termsForAll();
        offered.lots = lots;
        saleId = announce(offered);
        for (uint256 i = 0; i < count; ++i) {
            commit(saleId, personAt(i), wanted);
        }
    }

    function signed(string memory signer, address payer, bytes32 saleId, uint96 lots)
        private
        returns (Authorization memory)
    {
        usd.mint(payer, uint256(lots) * PRICE);
        return authorize(signer, payer, uint256(lots) * PRICE, sales.commitNonce(saleId, lots, "salt"));
    }

    function newSales() private returns (AllocationSale) {
        return new AllocationSale(address(authority), escrow);
    }

    function expectScoreTooLow(bytes32 saleId, address buyer, uint256 score, uint256 minScore) private {
        pay(buyer, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.ScoreTooLow.selector, saleId, score, minScore));
        vm.prank(buyer);
        sales.commit(saleId, 1);
    }

    function expectNotOpen(bytes32 saleId) private {
        vm.expectRevert(abi.encodeWithSelector(IAllocationSale.NotOpen.selector, saleId));
        sales.commit(saleId, 1);
    }

    function expectNothingIsPaidOut(bytes32 saleId) private {
        bytes memory reason = abi.encodeWithSelector(IAllocationSale.NotSettled.selector, saleId);
        vm.expectRevert(reason);
        sales.claim(saleId, alice);
        vm.expectRevert(reason);
        sales.refund(saleId, alice);
        vm.expectRevert(reason);
        sales.payProceeds(saleId);
        vm.expectRevert(reason);
        sales.returnUnsold(saleId);
    }

    function expectPaid(bytes32 saleId, address buyer, uint256 lots, uint256 lotsRefunded) private {
        uint256 tokens = sold.balanceOf(buyer);
        uint256 dollars = usd.balanceOf(buyer);
        assertEq(sales.claim(saleId, buyer), lots * LOT);
        assertEq(sales.refund(saleId, buyer), lotsRefunded * PRICE);
        assertEq(sold.balanceOf(buyer), tokens + lots * LOT);
        assertEq(usd.balanceOf(buyer), dollars + lotsRefunded * PRICE);
        assertEq(sales.claim(saleId, buyer), 0);
        assertEq(sales.refund(saleId, buyer), 0);
    }

    function personAt(uint256 i) private pure returns (address) {
        return address(uint160(0xACC0 + i));
    }
}
