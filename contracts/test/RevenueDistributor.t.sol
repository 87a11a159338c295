// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../src/governance/Roles.sol";
import {IRevenueDistributor, Mode, Pool} from "../src/staking/IRevenueDistributor.sol";
import {BUCKET, IVoteEscrow} from "../src/staking/IVoteEscrow.sol";
import {RevenueDistributor} from "../src/staking/RevenueDistributor.sol";
import {EscrowTest} from "./base/EscrowTest.sol";
import {bound} from "./base/Test.sol";
import {FeeToken, PlainToken, ReentrantToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract RevenueDistributorTest is EscrowTest {
    /// The first epoch that begins after the tests do.
    uint256 private constant EPOCH = FIRST_END / BUCKET;

    RevenueDistributor private distributor = new RevenueDistributor(escrow, token);
    PlainToken private usd = new PlainToken();

    function setUp() public {
        vm.prank(admin);
        authority.grantRole(Roles.DISTRIBUTOR, address(distributor), 0);
        usd.mint(address(this), type(uint96).max);
        usd.approve(address(distributor), type(uint256).max);
        token.approve(address(distributor), type(uint256).max);
    }

    // ------------------------------------------------------------------ funding

    function test_whatIsFundedBelongsToTheEpochOfTheDay() public {
        vm.warp(FIRST_END);
        vm.expectEmit();
        emit IRevenueDistributor.EpochFunded(EPOCH, address(usd), address(this), 500);
        distributor.fund(usd, 500);
        vm.warp(FIRST_END + BUCKET - 1);
        distributor.fund(usd, 7);
        vm.warp(FIRST_END + BUCKET);
        distributor.fund(usd, 1);

        assertEq(distributor.poolOf(EPOCH, usd).funded, 507);
        assertEq(distributor.poolOf(EPOCH + 1, usd).funded, 1);
        assertEq(distributor.held(usd), 508);
    }

    function test_whatArrivedByAPlainTransferIsFundedByWhoeverAsks() public {
        vm.warp(FIRST_END);
        usd.transfer(address(distributor), 40);

        vm.prank(bob);
        assertEq(distributor.fund(usd, 0), 40);
        assertEq(distributor.fund(usd, 0), 0);

        assertEq(distributor.poolOf(EPOCH, usd).funded, 40);
    }

    function test_anAssetThatKeepsAFeeIsFundedWithWhatArrived() public {
        FeeToken fee = new FeeToken();
        fee.mint(address(this), 1_000);
        fee.approve(address(distributor), 1_000);

        assertEq(distributor.fund(fee, 1_000), 990);

        assertEq(distributor.held(fee), fee.balanceOf(address(distributor)));
    }

    // ------------------------------------------------------------------ claims

    function test_sharesAClosedEpochByPowerAtItsFourWeekStarts() public {
        // Given: alice has power at all four week starts, bob, with three times hers, at the last two
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END + 8 days);
        lockFor(bob, 300 * ONE, 13);
        distributor.fund(usd, 1_000);
        vm.warp(FIRST_END + BUCKET);

        // When
        uint256 toAlice = claim(alice, EPOCH, usd, Mode.DIRECT);
        uint256 toBob = claim(bob, EPOCH, usd, Mode.DIRECT);

        // Then
        assertEq(toAlice, 400);
        assertEq(toBob, 600);
        assertEq(usd.balanceOf(alice), 400);
        assertEq(distributor.held(usd), 0);
    }

    function test_theDelegateOfPowerGetsNothingOfItsRevenue() public {
        lockFor(alice, 100 * ONE, 13);
        delegateOf(alice, bob);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        vm.warp(FIRST_END + BUCKET);

        assertEq(distributor.claimable(EPOCH, usd, alice), 1_000);
        assertEq(distributor.claimable(EPOCH, usd, bob), 0);
    }

    function test_anOpenEpochCannotBeClaimed() public {
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        vm.warp(FIRST_END + BUCKET - 1);

        assertEq(distributor.claimable(EPOCH, usd, alice), 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, EPOCH, FIRST_END + BUCKET));
        distributor.claim(EPOCH, usd, Mode.DIRECT);
    }

    function test_aLockMadeAtTheLastMomentOfAnEpochGetsNothingOfIt() public {
        lockFor(alice, ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        vm.warp(FIRST_END + 21 days + 1);
        lockFor(bob, 1_000_000 * ONE, 13);
        vm.warp(FIRST_END + BUCKET);

        assertEq(distributor.claimable(EPOCH, usd, bob), 0);
        assertEq(distributor.claimable(EPOCH, usd, alice), 1_000);
    }

    function test_aLockThatEndsAtTheBoundaryCountsForTheEpochBeforeItOnly() public {
        lockFor(alice, ONE, 1);
        uint256 end = escrow.lockOf(alice).end;
        vm.warp(end - BUCKET);
        distributor.fund(usd, 10);
        vm.warp(end);
        distributor.fund(usd, 10);
        vm.warp(end + BUCKET);

        assertEq(distributor.claimable(end / BUCKET - 1, usd, alice), 10);
        assertEq(distributor.claimable(end / BUCKET, usd, alice), 0);
    }

    function test_nobodyIsPaidTwiceWhateverTheMode() public {
        fundedWithTokens(1_000);
        claim(alice, EPOCH, token, Mode.REINVEST);

        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IRevenueDistributor.AlreadyClaimed.selector, EPOCH, address(token), alice)
        );
        distributor.claim(EPOCH, token, Mode.DIRECT);
    }

    function test_reinvestRaisesTheLockByWhatDirectWouldHavePaid() public {
        fundedWithTokens(1_000 * ONE);
        uint256 direct = distributor.claimable(EPOCH, token, alice);
        uint256 before = escrow.lockOf(alice).amount;

        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(EPOCH, address(token), alice, direct, Mode.REINVEST);
        claim(alice, EPOCH, token, Mode.REINVEST);

        assertEq(escrow.lockOf(alice).amount - before, direct);
        assertEq(token.balanceOf(alice), 0);
        assertEq(token.allowance(address(distributor), address(escrow)), 0);
    }

    function test_reinvestPaysDirectlyWhatIsNotTheMarketToken() public {
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        vm.warp(FIRST_END + BUCKET);

        claim(alice, EPOCH, usd, Mode.REINVEST);

        assertEq(usd.balanceOf(alice), 1_000);
    }

    function test_reinvestPaysDirectlyOnceTheLockIsOver() public {
        lockFor(alice, 100 * ONE, 1);
        uint256 end = escrow.lockOf(alice).end;
        vm.warp(end - BUCKET);
        distributor.fund(token, 1_000);
        vm.warp(end);

        vm.expectEmit(address(distributor));
        emit IRevenueDistributor.Claimed(end / BUCKET - 1, address(token), alice, 1_000, Mode.DIRECT);
        claim(alice, end / BUCKET - 1, token, Mode.REINVEST);

        assertEq(token.balanceOf(alice), 1_000);
        assertEq(token.allowance(address(distributor), address(escrow)), 0);
    }

    function test_aClosedEscrowHoldsNoClaimBack() public {
        fundedWithTokens(1_000);
        vm.prank(admin);
        authority.setTargetClosed(address(escrow), true);

        claim(alice, EPOCH, token, Mode.REINVEST);

        assertEq(token.balanceOf(alice), 1_000);
    }

    function test_severalEpochsAreClaimedAtOnce() public {
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 30);
        vm.warp(FIRST_END + BUCKET);
        distributor.fund(usd, 12);
        vm.warp(FIRST_END + 2 * BUCKET);
        bytes[] memory claims = new bytes[](2);
        claims[0] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH, usd, Mode.DIRECT));
        claims[1] = abi.encodeCall(IRevenueDistributor.claim, (EPOCH + 1, usd, Mode.DIRECT));

        vm.prank(alice);
        Multicall(address(distributor)).multicall(claims);

        assertEq(usd.balanceOf(alice), 42);
    }

    function testFuzz_sharesOutAllButADustUnitForEachClaimant(uint256 seed, uint96 funds) public {
        uint256 claimants = seed % 6 + 1;
        for (uint256 i = 0; i < claimants; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            lockFor(address(uint160(0xC0 + i)), ONE + random % (1_000 * ONE), random % 12 + 2);
        }
        vm.warp(FIRST_END);
        distributor.fund(usd, bound(funds, 1, type(uint96).max));
        vm.warp(FIRST_END + BUCKET);

        uint256 paid = 0;
        for (uint256 i = 0; i < claimants; ++i) {
            paid += claim(address(uint160(0xC0 + i)), EPOCH, usd, Mode.DIRECT);
        }

        Pool memory pool = distributor.poolOf(EPOCH, usd);
        assertEq(pool.paid, paid);
        assertLte(paid, pool.funded);
        assertLt(pool.funded - paid, claimants);
    }

    // ------------------------------------------------------------------ what nobody claims

    function test_whatNobodyClaimedWithinTwelveEpochsGoesToThePresentOne() public {
        lockFor(alice, 100 * ONE, 13);
        lockFor(bob, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        uint256 deadline = FIRST_END + 13 * BUCKET;
        vm.warp(deadline - 1);
        claim(bob, EPOCH, usd, Mode.DIRECT);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochStillClaimable.selector, EPOCH, deadline));
        distributor.rollOver(EPOCH, usd);
        vm.warp(deadline);

        vm.expectEmit();
        emit IRevenueDistributor.RolledOver(EPOCH, address(usd), EPOCH + 13, 500);
        distributor.rollOver(EPOCH, usd);

        assertEq(distributor.rollOver(EPOCH, usd), 0);
        assertEq(distributor.poolOf(EPOCH + 13, usd).funded, 500);
        assertEq(distributor.held(usd), 500);
        assertEq(distributor.claimable(EPOCH, usd, alice), 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochExpired.selector, EPOCH, deadline));
        distributor.claim(EPOCH, usd, Mode.DIRECT);
    }

    function test_anEpochWithoutAnyPowerIsRolledOverAsSoonAsItIsClosed() public {
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IRevenueDistributor.EpochNotClosed.selector, EPOCH, FIRST_END + BUCKET));
        distributor.rollOver(EPOCH, usd);
        vm.warp(FIRST_END + BUCKET);

        assertEq(distributor.rollOver(EPOCH, usd), 1_000);

        assertEq(distributor.poolOf(EPOCH + 1, usd).funded, 1_000);
        assertEq(claim(alice, EPOCH, usd, Mode.DIRECT), 0);
    }

    // ------------------------------------------------------------------ hostile surroundings

    function test_anAssetThatReentersCannotClaimTwice() public {
        ReentrantToken asset = new ReentrantToken();
        asset.mint(address(this), 1_000);
        asset.approve(address(distributor), 1_000);
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(asset, 1_000);
        vm.warp(FIRST_END + BUCKET);
        asset.attackWith(abi.encodeCall(IRevenueDistributor.claim, (EPOCH, IERC20(asset), Mode.DIRECT)));

        vm.prank(alice);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        distributor.claim(EPOCH, asset, Mode.DIRECT);
    }

    function test_anAssetThatShrinksHarmsNoOther() public {
        ShrinkingToken asset = new ShrinkingToken();
        asset.mint(address(distributor), 1_000);
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(asset, 0);
        distributor.fund(usd, 1_000);
        asset.shrink(address(distributor), 600);
        assertEq(distributor.fund(asset, 0), 0);
        vm.warp(FIRST_END + BUCKET);

        assertEq(claim(alice, EPOCH, usd, Mode.DIRECT), 1_000);
    }

    function test_aClaimCostsTheSameWhateverOthersDo() public {
        // Given
        lockFor(alice, 100 * ONE, 13);
        lockFor(bob, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(usd, 1_000_000);
        vm.warp(FIRST_END + BUCKET);
        distributor.fund(usd, 1_000_000);
        for (uint160 i = 1; i <= 500; ++i) {
            lockFor(address(0xF000 + i), ONE, 13);
        }
        vm.warp(FIRST_END + 2 * BUCKET);
        for (uint160 i = 1; i <= 500; ++i) {
            claim(address(0xF000 + i), EPOCH + 1, usd, Mode.DIRECT);
        }
        claim(bob, EPOCH, usd, Mode.DIRECT);
        claim(bob, EPOCH + 1, usd, Mode.DIRECT);

        // When
        uint256 withOne = gasOfClaim(EPOCH);
        uint256 withFiveHundred = gasOfClaim(EPOCH + 1);

        // Then
        assertLte(withFiveHundred, withOne + 5_000);
    }

    function gasOfClaim(uint256 epoch) private returns (uint256) {
        vm.prank(alice);
        uint256 before = gasleft();
        distributor.claim(epoch, usd, Mode.DIRECT);
        return before - gasleft();
    }

    function fundedWithTokens(uint256 amount) private {
        lockFor(alice, 100 * ONE, 13);
        vm.warp(FIRST_END);
        distributor.fund(token, amount);
        vm.warp(FIRST_END + BUCKET);
    }

    function claim(address who, uint256 epoch, IERC20 asset, Mode mode) private returns (uint256) {
        vm.prank(who);
        return distributor.claim(epoch, asset, mode);
    }
}
