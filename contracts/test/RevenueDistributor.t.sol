// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRevenueDistributor, Mode} from "../src/staking/IRevenueDistributor.sol";
import {BUCKET, Lock} from "../src/staking/IVoteEscrow.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {PermitMulticall} from "../src/token/PermitMulticall.sol";
import {RevenueTest} from "./base/RevenueTest.sol";
import {bound} from "./base/Test.sol";
import {BlockingToken, FalseToken, FeeToken, OverdrawingToken, PlainToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {HookedToken, LyingToken, MuteToken} from "./mocks/Traders.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract RevenueDistributorTest is RevenueTest {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant AMOUNT = 1_300e18;

    // ---------------------------------------------------------------- fund, sync

    function testFuzz_fundAddsExactlyToTheEpochThatIsOpen(uint128 amount, uint256 time) public {
        vm.warp(bound(time, NOW, NOW + 3_650 days));
        uint256 epoch = block.timestamp / 28 days;

        fundWith(asset, amount);

        assertEq(distributor.currentEpoch(), epoch);
        assertEq(fundedOf(epoch, asset), amount);
        assertEq(leftOf(epoch, asset), amount);
        assertEq(distributor.held(asset), amount);
        assertEq(asset.balanceOf(address(distributor)), amount);
    }

    function test_theFirstSecondOfAnEpochIsItsOwnAndTheLastIsToo() public {
        vm.warp(beginOf(EPOCH) - 1);
        fundWith(asset, 1);
        goTo(EPOCH);
        fundWith(asset, 20);
        vm.warp(beginOf(EPOCH + 1) - 1);
        fundWith(asset, 300);
        assertEq(fundedOf(EPOCH - 1, asset), 1);
        assertEq(fundedOf(EPOCH, asset), 320);
    }

    function test_fundTells() public {
        asset.mint(alice, 7);
        vm.startPrank(alice);
        asset.approve(address(distributor), 7);
        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.EpochFunded(EPOCH - 1, asset, alice, 7);
        distributor.fund(asset, 7);
        vm.stopPrank();
    }

    function test_fundAndPermitAreOneTransaction() public {
        token.transfer(alice, 5);
        bytes32 message = keccak256(abi.encode(PERMIT, alice, address(distributor), 5, 0, NOW));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf("alice"), keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(PermitMulticall.permit, (token, 5, NOW, v, r, s));
        calls[1] = abi.encodeCall(IRevenueDistributor.fund, (token, 5));
        vm.prank(alice);
        distributor.multicall(calls);
        assertEq(fundedOf(EPOCH - 1, token), 5);
    }

    function testFuzz_syncAddsWhatArrivedByPlainTransfer(uint64 funded, uint64 sent) public {
        fundWith(asset, funded);
        asset.mint(address(distributor), sent);
        if (sent > 0) {
            vm.expectEmit(address(distributor));
            emit IRevenueDistributor.EpochFunded(EPOCH - 1, asset, address(0), sent);
        }
        assertEq(distributor.sync(asset), sent);
        assertEq(distributor.sync(asset), 0);
        assertEq(fundedOf(EPOCH - 1, asset), uint256(funded) + sent);
        assertEq(distributor.held(asset), uint256(funded) + sent);
    }

    function test_attack_donationOfDust() public {
        halves();
        asset.mint(address(distributor), 1);
        assertEq(distributor.claimable(EPOCH, asset, alice), 500);
        distributor.sync(asset);
        assertEq(distributor.claimable(EPOCH, asset, alice), 500);
        assertEq(fundedOf(EPOCH, asset), 1_000);
        assertEq(fundedOf(EPOCH + 1, asset), 1);
    }

    function test_moreThanAPoolCanHoldIsRefused() public {
        uint256 tooMuch = uint256(type(uint128).max) + 1;
        asset.mint(address(this), tooMuch);
        asset.approve(address(distributor), tooMuch);
        vm.expectRevert();
        distributor.fund(asset, tooMuch);
        distributor.fund(asset, tooMuch - 1);
        vm.expectRevert();
        distributor.fund(asset, 1);
    }

    // ---------------------------------------------------------------- claim

    function testFuzz_aShareIsThePowerAtTheFourWeekStarts(
        uint256 funded,
        uint256[2] memory times,
        uint256[2] memory amounts
    ) public {
        funded = bound(funded, 1, type(uint128).max);
        uint256 begin = beginOf(EPOCH);
        uint256[2] memory powers;
        (times[0], times[1]) =
        (bound(times[0], begin - 1 days, begin + 29 days), bound(times[1], begin - 1 days, begin + 29 days));
        for (uint256 i = 0; i < 2; ++i) {
            address owner = (times[0] <= times[1]) == (i == 0) ? alice : bob;
            uint256 which = owner == alice ? 0 : 1;
            vm.warp(times[which]);
            amounts[which] = bound(amounts[which], ONE, 400_000_000 * ONE);
            lockFor(owner, amounts[which], 13);
            for (uint256 week = 0; week < 4; ++week) {
                if (times[which] <= begin + week * 7 days) powers[which] += 2 * amounts[which];
            }
        }
        vm.warp(begin);
        fundWith(asset, funded);
        goTo(EPOCH + 2);

        uint256 total = powers[0] + powers[1];
        uint256 first = distributor.claimable(EPOCH, asset, alice);
        uint256 second = distributor.claimable(EPOCH, asset, bob);
        if (total == 0) {
            assertEq(first + second, 0);
        } else {
            assertEq(first, funded * powers[0] / total);
            assertEq(second, funded * powers[1] / total);
            assertLte(funded - first - second, 1);
        }
    }

    function test_claimPaysDirectAndTells() public {
        halves();
        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(EPOCH, asset, alice, Mode.DIRECT, 500);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 500);
        assertEq(asset.balanceOf(alice), 500);
        assertEq(leftOf(EPOCH, asset), 500);
        assertEq(fundedOf(EPOCH, asset), 1_000);
        assertEq(distributor.held(asset), 500);
        assertTrue(distributor.isClaimed(EPOCH, asset, alice));
        assertFalse(distributor.isClaimed(EPOCH, asset, bob));
        assertEq(distributor.claimable(EPOCH, asset, alice), 0);
        assertEq(distributor.claimable(EPOCH, asset, bob), 500);
    }

    function test_attack_claimInTheOpenEpoch() public {
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 1_000);
        vm.warp(beginOf(EPOCH + 1) - 1);
        assertEq(distributor.claimable(EPOCH, asset, alice), 0);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, EPOCH));
        distributor.claim(EPOCH, asset, Mode.DIRECT);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, type(uint256).max));
        distributor.claim(type(uint256).max, asset, Mode.DIRECT);
        goTo(EPOCH + 1);
        assertEq(distributor.claim(EPOCH, asset, Mode.DIRECT), 1_000);
        vm.stopPrank();
    }

    function test_attack_lockBoughtAtTheEpochBoundary() public {
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 4_000);
        vm.warp(beginOf(EPOCH + 1) - 1);
        lockFor(bob, 400_000_000 * ONE, 13);
        goTo(EPOCH + 1);

        assertEq(distributor.claimable(EPOCH, asset, bob), 0);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.NothingToClaim.selector, EPOCH, asset, bob));
        claim(bob, EPOCH, asset, Mode.DIRECT);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 4_000);
    }

    function test_aLockCountsFromTheWeekThatStartsWithIt() public {
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        uint256 funded = 7_000;
        fundWith(asset, funded);
        vm.warp(beginOf(EPOCH) + 7 days);
        lockFor(bob, AMOUNT, 13);
        vm.warp(beginOf(EPOCH) + 14 days + 1);
        lockFor(carol, 2 * AMOUNT, 13);
        goTo(EPOCH + 1);
        // Alice 4 weeks of 1, Bob 3 weeks of 1, Carol 1 week of 2
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), funded * 4 / 9);
        assertEq(claim(bob, EPOCH, asset, Mode.DIRECT), funded * 3 / 9);
        assertEq(claim(carol, EPOCH, asset, Mode.DIRECT), funded * 2 / 9);
        assertLte(leftOf(EPOCH, asset), 3);
    }

    function test_aLockThatHasEndedHasNoPartInLaterEpochs() public {
        lockFor(alice, AMOUNT, 1);
        lockFor(bob, AMOUNT, 13);
        uint256 last = escrow.lockOf(alice).end / BUCKET - 1;
        goTo(last);
        fundWith(asset, 1_000);
        goTo(last + 1);
        fundWith(asset, 1_000);
        goTo(last + 2);
        assertGt(distributor.claimable(last, asset, alice), 0);
        assertEq(distributor.claimable(last + 1, asset, alice), 0);
        assertEq(distributor.claimable(last + 1, asset, bob), 1_000);
    }

    function test_delegationMakesNoDifference() public {
        lockFor(alice, AMOUNT, 13);
        delegateOf(alice, bob);
        goTo(EPOCH);
        fundWith(asset, 1_000);
        goTo(EPOCH + 1);
        assertEq(distributor.claimable(EPOCH, asset, alice), 1_000);
        assertEq(distributor.claimable(EPOCH, asset, bob), 0);
    }

    function test_attack_claimingTwiceByTwoModes() public {
        halves();
        goTo(EPOCH + 1);
        Mode[2] memory modes = [Mode.DIRECT, Mode.REINVEST];
        for (uint256 i = 0; i < 2; ++i) {
            address owner = i == 0 ? alice : bob;
            assertEq(claim(owner, EPOCH, asset, modes[i]), 500);
            for (uint256 j = 0; j < 2; ++j) {
                vm.expectRevert(
                    abi.encodeWithSelector(IRevenueDistributor.AlreadyClaimed.selector, EPOCH, asset, owner)
                );
                claim(owner, EPOCH, asset, modes[j]);
            }
        }
    }

    function test_whoHasNoPartOrComesForAnEmptyEpochIsTold() public {
        halves();
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.NothingToClaim.selector, EPOCH, asset, carol));
        claim(carol, EPOCH, asset, Mode.DIRECT);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.NothingToClaim.selector, EPOCH, token, alice));
        claim(alice, EPOCH, token, Mode.DIRECT);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.NothingToClaim.selector, 0, asset, alice));
        claim(alice, 0, asset, Mode.DIRECT);
    }

    function test_severalEpochsAndAssetsAreClaimedAtOnce() public {
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 10);
        fundWithToken(200);
        goTo(EPOCH + 1);
        fundWith(asset, 3_000);
        goTo(EPOCH + 2);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH, asset, Mode.DIRECT));
        calls[1] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH, token, Mode.REINVEST));
        calls[2] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH + 1, asset, Mode.DIRECT));
        vm.prank(alice);
        distributor.multicall(calls);
        assertEq(asset.balanceOf(alice), 3_010);
        assertEq(escrow.lockOf(alice).amount, AMOUNT + 200);
    }

    function testFuzz_onceEverybodyClaimedOnlyDustIsLeft(uint128 funded, uint256 seed) public {
        uint256 count = bound(seed, 1, 12);
        for (uint256 i = 0; i < count; ++i) {
            lockFor(personAt(i), ONE + uint256(keccak256(abi.encode(seed, i))) % (1_000_000 * ONE), 1 + i);
        }
        goTo(EPOCH);
        fundWith(asset, funded);
        goTo(EPOCH + 1);
        uint256 paid = 0;
        for (uint256 i = 0; i < count; ++i) {
            if (distributor.claimable(EPOCH, asset, personAt(i)) > 0) {
                paid += claim(personAt(i), EPOCH, asset, Mode.DIRECT);
            }
        }
        assertEq(paid + leftOf(EPOCH, asset), funded);
        assertLt(leftOf(EPOCH, asset), count);
        assertEq(asset.balanceOf(address(distributor)), leftOf(EPOCH, asset));
    }

    // ---------------------------------------------------------------- reinvest

    function testFuzz_reinvestRaisesTheLockByWhatDirectWouldHavePaid(uint256 funded) public {
        funded = bound(funded, 2, 1_000_000 * ONE);
        tokenHalves(funded);
        uint256 share = distributor.claimable(EPOCH, token, alice);
        Lock memory old = escrow.lockOf(alice);

        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(EPOCH, token, alice, Mode.REINVEST, share);
        assertEq(claim(alice, EPOCH, token, Mode.REINVEST), share);
        claim(bob, EPOCH, token, Mode.DIRECT);

        assertEq(escrow.lockOf(alice).amount, old.amount + share);
        assertGte(escrow.lockOf(alice).power, old.power + share);
        assertEq(token.balanceOf(bob), share);
        assertEq(token.balanceOf(alice), 0);
        assertEq(token.balanceOf(address(distributor)), funded % 2);
    }

    function test_reinvestingAnotherAssetPaysDirect() public {
        halves();
        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(EPOCH, asset, alice, Mode.DIRECT, 500);
        claim(alice, EPOCH, asset, Mode.REINVEST);
        assertEq(asset.balanceOf(alice), 500);
    }

    function test_reinvestTakesALockWithAWholeBucketLeft() public {
        shortLock();
        goTo(EPOCH + 1);
        claim(alice, EPOCH, token, Mode.REINVEST);
        assertEq(escrow.lockOf(alice).amount, AMOUNT + 1_000);
    }

    function test_reinvestPaysDirectWhenLessThanABucketIsLeft() public {
        expectReinvestPaysDirect(beginOf(EPOCH + 1) + 1);
    }

    function test_reinvestPaysDirectWhenTheLockHasExpired() public {
        expectReinvestPaysDirect(beginOf(EPOCH + 2));
    }

    function test_reinvestPaysDirectWhenTheLockIsWithdrawn() public {
        shortLock();
        vm.warp(beginOf(EPOCH + 2));
        vm.prank(alice);
        escrow.withdraw();
        claim(alice, EPOCH, token, Mode.REINVEST);
        assertEq(token.balanceOf(alice), AMOUNT + 1_000);
    }

    function test_reinvestPaysDirectWhenTheEscrowIsClosed() public {
        tokenHalves(1_000);
        close(address(escrow));
        claim(alice, EPOCH, token, Mode.REINVEST);
        assertEq(token.balanceOf(alice), 500);
        assertEq(escrow.lockOf(alice).amount, AMOUNT);
    }

    function test_reinvestPaysDirectWhenTheDistributorMayNotRaiseLocks() public {
        tokenHalves(1_000);
        vm.prank(admin);
        authority.revokeRole(3, address(distributor));
        claim(alice, EPOCH, token, Mode.REINVEST);
        assertEq(token.balanceOf(alice), 500);
    }

    function test_attack_reinvestStarvedOfGasPaysDirectOrNotAtAll() public {
        tokenHalves(1_000);
        for (uint256 gas_ = 60_000; gas_ < 300_000; gas_ += 10_000) {
            uint256 id = youngVm.snapshotState();
            vm.prank(alice);
            (bool success,) = address(distributor).call{gas: gas_}(
                abi.encodeCall(IRevenueDistributor.claim, (EPOCH, token, Mode.REINVEST))
            );
            uint256 gained = token.balanceOf(alice) + escrow.lockOf(alice).amount - AMOUNT;
            youngVm.revertToState(id);
            assertEq(gained, success ? 500 : 0);
        }
    }

    // ---------------------------------------------------------------- roll over

    function test_claimsHoldForTwelveEpochsToTheSecond() public {
        halves();
        vm.warp(beginOf(EPOCH + 13) - 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.ClaimsStillHold.selector, EPOCH));
        distributor.rollOver(EPOCH, asset);
        claim(alice, EPOCH, asset, Mode.DIRECT);

        goTo(EPOCH + 13);
        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.RolledOver(EPOCH, asset, EPOCH + 13, 500);
        assertEq(distributor.rollOver(EPOCH, asset), 500);

        assertEq(fundedOf(EPOCH, asset), 0);
        assertEq(fundedOf(EPOCH + 13, asset), 500);
        assertEq(leftOf(EPOCH + 13, asset), 500);
        assertEq(distributor.held(asset), 500);
        assertEq(distributor.claimable(EPOCH, asset, bob), 0);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.NothingToClaim.selector, EPOCH, asset, bob));
        claim(bob, EPOCH, asset, Mode.DIRECT);
        assertEq(distributor.rollOver(EPOCH, asset), 0);
    }

    function test_claimsHoldUntilTheyAreRolledOver() public {
        halves();
        goTo(EPOCH + 100);
        assertEq(claim(bob, EPOCH, asset, Mode.DIRECT), 500);
        assertEq(distributor.rollOver(EPOCH, asset), 500);
    }

    function test_anEpochWithoutPowerRollsOverAsSoonAsItIsClosed() public {
        goTo(EPOCH);
        fundWith(asset, 1_000);
        vm.warp(beginOf(EPOCH) + 21 days + 1);
        lockFor(alice, AMOUNT, 13);
        vm.warp(beginOf(EPOCH + 1) - 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, EPOCH));
        distributor.rollOver(EPOCH, asset);

        goTo(EPOCH + 1);
        assertEq(distributor.claimable(EPOCH, asset, alice), 0);
        assertEq(distributor.rollOver(EPOCH, asset), 1_000);
        goTo(EPOCH + 2);
        assertEq(claim(alice, EPOCH + 1, asset, Mode.DIRECT), 1_000);
    }

    function test_powerInASingleWeekIsEnoughToHoldAnEpoch() public {
        goTo(EPOCH);
        fundWith(asset, 1_000);
        vm.warp(beginOf(EPOCH) + 21 days);
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.ClaimsStillHold.selector, EPOCH));
        distributor.rollOver(EPOCH, asset);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 1_000);
    }

    function test_dustRollsOver() public {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        lockFor(carol, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 5);
        goTo(EPOCH + 13);
        claim(alice, EPOCH, asset, Mode.DIRECT);
        claim(bob, EPOCH, asset, Mode.DIRECT);
        claim(carol, EPOCH, asset, Mode.DIRECT);
        assertEq(distributor.rollOver(EPOCH, asset), 2);
        assertEq(fundedOf(EPOCH + 13, asset), 2);
    }

    function test_openAndFutureEpochsAreNotRolledOver() public {
        fundWith(asset, 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, EPOCH - 1));
        distributor.rollOver(EPOCH - 1, asset);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, type(uint256).max));
        distributor.rollOver(type(uint256).max, asset);
    }

    // ---------------------------------------------------------------- hostile assets

    function test_attack_assetThatKeepsAFee() public {
        FeeToken fee = new FeeToken();
        fee.mint(address(this), 1_000);
        fee.approve(address(distributor), 1_000);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, fee, 100, 99));
        distributor.fund(fee, 100);

        fee.transfer(address(distributor), 100);
        assertEq(distributor.sync(fee), 99);
    }

    function test_attack_assetThatShrinksHarmsOnlyItself() public {
        ShrinkingToken shrinking = new ShrinkingToken();
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 1_000);
        fundWith(shrinking, 1_000);
        shrinking.shrink(address(distributor), 400);
        goTo(EPOCH + 1);

        assertEq(distributor.sync(shrinking), 0);
        claim(alice, EPOCH, shrinking, Mode.DIRECT);
        vm.expectRevert();
        claim(bob, EPOCH, shrinking, Mode.DIRECT);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT) + claim(bob, EPOCH, asset, Mode.DIRECT), 1_000);
    }

    function test_attack_assetThatTakesMoreThanAskedHarmsOnlyItself() public {
        OverdrawingToken greedy = new OverdrawingToken();
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 1_000);
        greedy.mint(address(distributor), 1_000);
        distributor.sync(greedy);
        goTo(EPOCH + 1);
        vm.expectRevert();
        claim(alice, EPOCH, greedy, Mode.DIRECT);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 1_000);
    }

    function test_attack_reentrantAsset() public {
        HookedToken hooked = new HookedToken();
        lockFor(alice, AMOUNT, 13);
        lockFor(address(hooked), AMOUNT, 13);
        goTo(EPOCH);
        fundWith(hooked, 1_000);
        fundWith(asset, 1_000);
        goTo(EPOCH + 1);

        bytes[5] memory attacks;
        attacks[0] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH, hooked, Mode.DIRECT));
        attacks[1] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH, asset, Mode.DIRECT));
        attacks[2] = abi.encodeCall(IRevenueDistributor.sync, (hooked));
        attacks[3] = abi.encodeCall(IRevenueDistributor.rollOver, (EPOCH, hooked));
        attacks[4] = abi.encodeCall(IRevenueDistributor.fund, (hooked, 0));
        hooked.mint(address(this), 1);
        hooked.approve(address(distributor), 1);
        for (uint256 i = 0; i < attacks.length; ++i) {
            hooked.attackWith(address(distributor), attacks[i]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            claim(alice, EPOCH, hooked, Mode.DIRECT);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            distributor.fund(hooked, 1);
        }
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 500);
    }

    function test_anAssetThatReturnsNothingIsAsGoodAsAnyOther() public {
        MuteToken mute = new MuteToken();
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        mute.mint(address(this), 1_000);
        distributor.fund(IERC20(address(mute)), 1_000);
        goTo(EPOCH + 1);
        claim(alice, EPOCH, IERC20(address(mute)), Mode.DIRECT);
        assertEq(mute.balanceOf(alice), 1_000);
    }

    function test_attack_assetThatLies() public {
        IERC20 no = IERC20(address(new LyingToken(false)));
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, no));
        distributor.fund(no, 1);
        IERC20 yes = IERC20(address(new LyingToken(true)));
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, yes, 1, 0));
        distributor.fund(yes, 1);

        FalseToken stubborn = new FalseToken();
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        stubborn.mint(address(distributor), 10);
        distributor.sync(IERC20(address(stubborn)));
        goTo(EPOCH + 1);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, stubborn));
        claim(alice, EPOCH, IERC20(address(stubborn)), Mode.DIRECT);
        assertFalse(distributor.isClaimed(EPOCH, IERC20(address(stubborn)), alice));
    }

    function test_aBlockedClaimantHoldsUpNobodyElse() public {
        BlockingToken blocking = new BlockingToken();
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(blocking, 1_000);
        goTo(EPOCH + 1);
        blocking.setBlocked(alice);
        vm.expectRevert("blocked");
        claim(alice, EPOCH, blocking, Mode.DIRECT);
        assertEq(claim(bob, EPOCH, blocking, Mode.DIRECT), 500);
        goTo(EPOCH + 13);
        assertEq(distributor.rollOver(EPOCH, blocking), 500);
    }

    // ---------------------------------------------------------------- authority

    function test_closingItInTheAuthorityMakesNoDifference() public {
        halves();
        close(address(distributor));
        fundWith(asset, 1);
        asset.mint(address(distributor), 1);
        assertEq(distributor.sync(asset), 1);
        assertEq(claim(alice, EPOCH, asset, Mode.DIRECT), 500);
        goTo(EPOCH + 13);
        assertEq(distributor.rollOver(EPOCH, asset), 500);
    }

    // ---------------------------------------------------------------- helpers

    function claim(address owner, uint256 epoch, IERC20 which, Mode mode) private returns (uint256) {
        vm.prank(owner);
        return distributor.claim(epoch, which, mode);
    }

    /// @dev Alice and Bob have half of all power each, and 1,000 were earned in the epoch that has just closed.
    function halves() private {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 1_000);
        goTo(EPOCH + 1);
    }

    function tokenHalves(uint256 amount) private {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        goTo(EPOCH);
        fundWithToken(amount);
        goTo(EPOCH + 1);
    }

    /// @dev A lock of Alice alone, of which one bucket is left when the epoch that was funded closes.
    function shortLock() private {
        lockFor(alice, AMOUNT, 2);
        goTo(EPOCH);
        fundWithToken(1_000);
    }

    function expectReinvestPaysDirect(uint256 time) private {
        shortLock();
        vm.warp(time);
        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(EPOCH, token, alice, Mode.DIRECT, 1_000);
        claim(alice, EPOCH, token, Mode.REINVEST);
        assertEq(token.balanceOf(alice), 1_000);
        assertEq(escrow.lockOf(alice).amount, AMOUNT);
    }

    function personAt(uint256 i) private pure returns (address) {
        return address(uint160(0xACC0 + i));
    }
}
