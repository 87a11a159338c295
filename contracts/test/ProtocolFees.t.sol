// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {IProtocolFees} from "../src/staking/IProtocolFees.sol";
import {ProtocolFees} from "../src/staking/ProtocolFees.sol";
import {RevenueDistributor} from "../src/staking/RevenueDistributor.sol";
import {EscrowTest} from "./base/EscrowTest.sol";
import {bound} from "./base/Test.sol";
import {BlockingToken, PlainToken} from "./mocks/Tokens.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

contract ProtocolFeesTest is EscrowTest {
    address private treasury = account("treasury");
    RevenueDistributor private distributor = new RevenueDistributor(escrow, token);
    ProtocolFees private fees = new ProtocolFees(address(authority), distributor, token, treasury);
    PlainToken private usd = new PlainToken();

    function test_everythingGoesToTheTreasuryUntilTheDaoSetsShares() public {
        usd.mint(address(fees), 1_000);

        fees.divide(usd);

        assertEq(usd.balanceOf(treasury), 1_000);
        assertEq(fees.stakersBps(), 0);
    }

    function test_dividesBetweenTreasuryStakersAndFire() public {
        setShares(3_000, 2_000);
        token.transfer(address(fees), 1_000);
        uint256 supply = token.totalSupply();

        vm.expectEmit();
        emit IProtocolFees.Divided(address(token), 500, 300, 200);
        fees.divide(token);

        assertEq(token.balanceOf(treasury), 500);
        assertEq(distributor.poolOf(distributor.currentEpoch(), token).funded, 300);
        assertEq(supply - token.totalSupply(), 200);
        assertEq(token.balanceOf(address(fees)), 0);
    }

    function test_ofOtherAssetsThePartToBurnGoesToTheTreasury() public {
        setShares(3_000, 2_000);
        usd.mint(address(fees), 1_000);

        vm.prank(bob);
        fees.divide(usd);

        assertEq(usd.balanceOf(treasury), 700);
        assertEq(usd.balanceOf(address(distributor)), 300);
    }

    function test_doesNothingWhenThereIsNothing() public {
        fees.divide(usd);
        assertEq(usd.balanceOf(treasury), 0);
    }

    function test_anAssetThatRefusesTheTreasuryHoldsUpNoOther() public {
        BlockingToken blocking = new BlockingToken();
        blocking.mint(address(fees), 1_000);
        blocking.setBlocked(treasury);
        usd.mint(address(fees), 1_000);

        vm.expectRevert("blocked");
        fees.divide(blocking);
        fees.divide(usd);

        assertEq(usd.balanceOf(treasury), 1_000);
        assertEq(blocking.balanceOf(address(fees)), 1_000);
    }

    function test_theDaoCanMoveTheTreasury() public {
        vm.expectEmit();
        emit IParameters.ParameterChanged("treasury", uint160(treasury), uint160(carol));
        vm.prank(admin);
        fees.setTreasury(carol);

        assertEq(fees.treasury(), carol);
        vm.prank(admin);
        vm.expectRevert(IProtocolFees.NoTreasury.selector);
        fees.setTreasury(address(0));
    }

    function test_onlyTheDaoSetsParameters() public {
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, bob));
        fees.setShares(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, bob));
        fees.setTreasury(bob);
        vm.stopPrank();
    }

    function test_sharesSumToAtMostTheWhole() public {
        vm.startPrank(admin);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, bytes32("stakersBps"), 10_001, 0, 10_000)
        );
        fees.setShares(10_001, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, bytes32("burnBps"), 4_001, 0, 4_000)
        );
        fees.setShares(6_000, 4_001);
        fees.setShares(6_000, 4_000);
        vm.stopPrank();
    }

    function test_theClosureOfTheContractStopsNoDivision() public {
        usd.mint(address(fees), 10);
        vm.prank(admin);
        authority.setTargetClosed(address(fees), true);

        fees.divide(usd);

        assertEq(usd.balanceOf(treasury), 10);
    }

    function testFuzz_losesNoUnit(uint96 amount, uint16 stakers, uint16 burn) public {
        stakers = uint16(bound(stakers, 0, 10_000));
        setShares(stakers, uint16(bound(burn, 0, 10_000 - stakers)));
        uint256 supply = token.totalSupply();
        amount = uint96(bound(amount, 0, supply));
        token.transfer(address(fees), amount);

        fees.divide(token);

        uint256 burnt = supply - token.totalSupply();
        assertEq(token.balanceOf(treasury) + token.balanceOf(address(distributor)) + burnt, amount);
    }

    function setShares(uint16 stakers, uint16 burn) private {
        vm.prank(admin);
        fees.setShares(stakers, burn);
    }
}
