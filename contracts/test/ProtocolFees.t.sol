// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {IProtocolFees, Payee} from "../src/staking/IProtocolFees.sol";
import {ProtocolFees} from "../src/staking/ProtocolFees.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {RevenueTest} from "./base/RevenueTest.sol";
import {bound} from "./base/Test.sol";
import {
    BlockingToken,
    FalseToken,
    FeeToken,
    OverdrawingToken,
    PlainToken,
    ShrinkingToken,
    SilentToken
} from "./mocks/Tokens.sol";
import {HookedToken} from "./mocks/Traders.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract ProtocolFeesTest is RevenueTest {
    address private treasury = account("treasury");
    ProtocolFees private fees = new ProtocolFees(address(authority), distributor, token, treasury);

    // ---------------------------------------------------------------- divide

    function test_everythingIsTheTreasurysAtFirst() public {
        token.transfer(address(fees), 9_999);
        asset.mint(address(fees), 9_999);
        fees.divide(token);
        fees.divide(asset);
        assertCredits(token, 9_999, 0, 0);
        assertCredits(asset, 9_999, 0, 0);
    }

    function testFuzz_marketTokensAreDividedByTheThreeShares(uint256 revenue, uint256 stakersBps, uint256 burnBps)
        public
    {
        revenue = bound(revenue, 0, 1_000_000_000 * ONE);
        (stakersBps, burnBps) = setAnyShares(stakersBps, burnBps);
        token.transfer(address(fees), revenue);

        assertEq(fees.divide(token), revenue);

        assertCredits(
            token,
            revenue * (10_000 - stakersBps - burnBps) / 10_000,
            revenue * stakersBps / 10_000,
            revenue * burnBps / 10_000
        );
        assertEq(fees.owed(token), revenue);
        assertEq(fees.undivided(token), 0);
        assertEq(fees.divide(token), 0);
    }

    function testFuzz_whatCannotBeBurnedIsTheTreasurys(uint128 revenue, uint256 stakersBps, uint256 burnBps) public {
        (stakersBps, burnBps) = setAnyShares(stakersBps, burnBps);
        asset.mint(address(fees), revenue);
        fees.divide(asset);
        assertCredits(
            asset, uint256(revenue) * (10_000 - stakersBps) / 10_000, uint256(revenue) * stakersBps / 10_000, 0
        );
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_itMakesNoDifferenceInHowManyPartsRevenueIsDivided(uint64[12] memory parts) public {
        setShares(3_334, 3_333, 3_333);
        ProtocolFees other = new ProtocolFees(address(authority), distributor, token, treasury);
        vm.prank(admin);
        other.setShares(3_334, 3_333, 3_333);
        uint256 sum = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            token.transfer(address(fees), parts[i] % (i % 2 == 0 ? 4 : 1e18));
            if (i % 3 == 0) fees.pay(token, Payee(i % 2));
            sum += fees.divide(token);
        }
        token.transfer(address(other), sum);
        other.divide(token);
        (uint256 burnt, uint256 toStakers) = (fees.creditOf(token, Payee.BURN), fees.creditOf(token, Payee.STAKERS));
        fees.pay(token, Payee.TREASURY);
        assertEq(burnt, other.creditOf(token, Payee.BURN));
        assertEq(token.balanceOf(treasury), other.creditOf(token, Payee.TREASURY));
        assertEq(toStakers + distributor.held(token), other.creditOf(token, Payee.STAKERS));
    }

    function test_divideTells() public {
        setShares(5_000, 3_000, 2_000);
        token.transfer(address(fees), 1_001);
        vm.expectEmit(address(fees));
        emit IProtocolFees.Divided(token, 1_001, 500, 300, 200);
        fees.divide(token);
        token.transfer(address(fees), 9);
        vm.expectEmit(address(fees));
        emit IProtocolFees.Divided(token, 9, 5, 3, 2);
        fees.divide(token);
    }

    // ---------------------------------------------------------------- pay

    function test_payPaysEachItsOwnAndTells() public {
        setShares(5_000, 3_000, 2_000);
        token.transfer(address(fees), 1_000);
        fees.divide(token);
        uint256 supply = token.totalSupply();

        vm.expectEmit(address(fees));
        emit IProtocolFees.Paid(token, Payee.TREASURY, 500);
        assertEq(fees.pay(token, Payee.TREASURY), 500);
        vm.expectEmit(address(fees));
        emit IProtocolFees.Paid(token, Payee.STAKERS, 300);
        assertEq(fees.pay(token, Payee.STAKERS), 300);
        vm.expectEmit(address(fees));
        emit IProtocolFees.Paid(token, Payee.BURN, 200);
        assertEq(fees.pay(token, Payee.BURN), 200);

        assertEq(token.balanceOf(treasury), 500);
        assertEq(fundedOf(EPOCH - 1, token), 300);
        assertEq(token.totalSupply(), supply - 200);
        assertEq(token.balanceOf(address(fees)), 0);
        assertEq(fees.owed(token), 0);
        assertEq(token.allowance(address(fees), address(distributor)), 0);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(fees.pay(token, Payee(i)), 0);
        }
    }

    function test_divideAndPayAreOneTransaction() public {
        setShares(5_000, 5_000, 0);
        asset.mint(address(fees), 1_000);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IProtocolFees.divide, (asset));
        calls[1] = abi.encodeCall(IProtocolFees.pay, (asset, Payee.TREASURY));
        calls[2] = abi.encodeCall(IProtocolFees.pay, (asset, Payee.STAKERS));
        fees.multicall(calls);
        assertEq(asset.balanceOf(treasury), 500);
        assertEq(fundedOf(EPOCH - 1, asset), 500);
    }

    function test_aNewTreasuryIsPaidWhatTheOldOneWasCreditedWith() public {
        BlockingToken blocking = new BlockingToken();
        blocking.mint(address(fees), 1_000);
        fees.divide(blocking);
        blocking.setBlocked(treasury);
        vm.expectRevert("blocked");
        fees.pay(blocking, Payee.TREASURY);

        vm.prank(admin);
        fees.setTreasury(bob);
        fees.pay(blocking, Payee.TREASURY);
        assertEq(blocking.balanceOf(bob), 1_000);
    }

    // ---------------------------------------------------------------- parameters

    function test_sharesMustBeWhole() public {
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFees.SharesNotWhole.selector, 9_999));
        fees.setShares(3_333, 3_333, 3_333);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFees.SharesNotWhole.selector, 3 * 65_535));
        fees.setShares(65_535, 65_535, 65_535);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFees.SharesNotWhole.selector, 10_001));
        fees.setShares(10_000, 0, 1);
        vm.stopPrank();
    }

    function test_theDaoSetsSharesAndTreasuryAndNobodyElse() public {
        vm.startPrank(admin);
        vm.expectEmit(address(fees));
        emit IParameters.ParameterChanged("treasuryBps", 10_000, 1_000);
        vm.expectEmit(address(fees));
        emit IParameters.ParameterChanged("stakersBps", 0, 2_000);
        vm.expectEmit(address(fees));
        emit IParameters.ParameterChanged("burnBps", 0, 7_000);
        fees.setShares(1_000, 2_000, 7_000);
        vm.expectEmit(address(fees));
        emit IParameters.ParameterChanged("treasury", uint160(treasury), uint160(bob));
        fees.setTreasury(bob);
        vm.stopPrank();
        (uint16 treasuryBps, uint16 stakersBps, uint16 burnBps) = fees.shares();
        assertEq(treasuryBps, 1_000);
        assertEq(stakersBps, 2_000);
        assertEq(burnBps, 7_000);
        assertEq(fees.treasury(), bob);

        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        fees.setShares(10_000, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        fees.setTreasury(alice);
        vm.stopPrank();
    }

    function test_thereMustBeATreasury() public {
        vm.expectRevert(IProtocolFees.NoTreasury.selector);
        new ProtocolFees(address(authority), distributor, token, address(0));
        vm.prank(admin);
        vm.expectRevert(IProtocolFees.NoTreasury.selector);
        fees.setTreasury(address(0));
    }

    // ---------------------------------------------------------------- hostile surroundings

    function test_attack_blockedTreasuryHoldsUpNobodyElse() public {
        setShares(5_000, 5_000, 0);
        BlockingToken blocking = new BlockingToken();
        blocking.mint(address(fees), 1_000);
        asset.mint(address(fees), 1_000);
        blocking.setBlocked(treasury);
        fees.divide(blocking);
        fees.divide(asset);
        assertEq(fees.pay(blocking, Payee.STAKERS), 500);
        assertEq(fees.pay(asset, Payee.TREASURY), 500);
        assertEq(fees.pay(asset, Payee.STAKERS), 500);
    }

    function test_attack_assetThatTheDistributorRefusesHoldsUpOnlyItsOwnStakersPart() public {
        setShares(5_000, 5_000, 0);
        FeeToken fee = new FeeToken();
        fee.mint(address(fees), 2_000);
        asset.mint(address(fees), 1_000);
        fees.divide(fee);
        fees.divide(asset);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, fee, 1_000, 990));
        fees.pay(fee, Payee.STAKERS);
        fees.pay(fee, Payee.TREASURY);
        assertEq(fee.balanceOf(treasury), 990);
        fees.pay(asset, Payee.STAKERS);
    }

    function test_attack_assetsThatShrinkOrOverdrawHarmOnlyThemselves() public {
        ShrinkingToken shrinking = new ShrinkingToken();
        OverdrawingToken greedy = new OverdrawingToken();
        shrinking.mint(address(fees), 1_000);
        greedy.mint(address(fees), 1_000);
        asset.mint(address(fees), 1_000);
        fees.divide(shrinking);
        fees.divide(greedy);
        fees.divide(asset);
        shrinking.shrink(address(fees), 1);
        assertEq(fees.undivided(shrinking), 0);
        assertEq(fees.divide(shrinking), 0);
        vm.expectRevert();
        fees.pay(shrinking, Payee.TREASURY);
        vm.expectRevert();
        fees.pay(greedy, Payee.TREASURY);
        assertEq(fees.pay(asset, Payee.TREASURY), 1_000);
    }

    function test_attack_reentrantAsset() public {
        setShares(5_000, 5_000, 0);
        HookedToken hooked = new HookedToken();
        hooked.mint(address(fees), 1_000);
        fees.divide(hooked);
        bytes[2] memory attacks;
        attacks[0] = abi.encodeCall(IProtocolFees.divide, (hooked));
        attacks[1] = abi.encodeCall(IProtocolFees.pay, (hooked, Payee.TREASURY));
        for (uint256 i = 0; i < 2; ++i) {
            hooked.attackWith(address(fees), attacks[i]);
            for (uint256 j = 0; j < 2; ++j) {
                vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
                fees.pay(hooked, Payee(j));
            }
        }
    }

    function test_assetsThatReturnNothingArePaidAndThoseThatReturnFalseAreNot() public {
        SilentToken silent = new SilentToken();
        silent.mint(address(fees), 10);
        fees.divide(IERC20(address(silent)));
        fees.pay(IERC20(address(silent)), Payee.TREASURY);
        assertEq(silent.balanceOf(treasury), 10);

        FalseToken stubborn = new FalseToken();
        stubborn.mint(address(fees), 10);
        fees.divide(IERC20(address(stubborn)));
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, stubborn));
        fees.pay(IERC20(address(stubborn)), Payee.TREASURY);
        assertEq(fees.creditOf(IERC20(address(stubborn)), Payee.TREASURY), 10);
    }

    // ---------------------------------------------------------------- authority

    function test_closingDoesNotKeepAnybodyFromBeingPaid() public {
        setShares(5_000, 3_000, 2_000);
        token.transfer(address(fees), 1_000);
        close(address(fees));
        fees.divide(token);
        assertEq(fees.pay(token, Payee.TREASURY), 500);
        assertEq(fees.pay(token, Payee.STAKERS), 300);
        assertEq(fees.pay(token, Payee.BURN), 200);
    }

    // ---------------------------------------------------------------- helpers

    function setShares(uint16 treasuryBps, uint16 stakersBps, uint16 burnBps) private {
        vm.prank(admin);
        fees.setShares(treasuryBps, stakersBps, burnBps);
    }

    function setAnyShares(uint256 stakersBps, uint256 burnBps) private returns (uint256, uint256) {
        stakersBps = bound(stakersBps, 0, 10_000);
        burnBps = bound(burnBps, 0, 10_000 - stakersBps);
        setShares(uint16(10_000 - stakersBps - burnBps), uint16(stakersBps), uint16(burnBps));
        return (stakersBps, burnBps);
    }

    function assertCredits(IERC20 which, uint256 toTreasury, uint256 toStakers, uint256 burnt) private {
        assertEq(fees.creditOf(which, Payee.TREASURY), toTreasury, "treasury");
        assertEq(fees.creditOf(which, Payee.STAKERS), toStakers, "stakers");
        assertEq(fees.creditOf(which, Payee.BURN), burnt, "burn");
    }
}
