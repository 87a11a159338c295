// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Mode} from "../src/staking/IRevenueDistributor.sol";
import {RevenueTest} from "./base/RevenueTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract RevenueDistributorGasTest is RevenueTest {
    uint256 private constant AMOUNT = 1_300e18;

    function test_fundingAndRollingOver() public {
        goTo(EPOCH);
        asset.mint(address(this), 10);
        asset.approve(address(distributor), 10);
        distributor.fund(asset, 5);
        measured("fund, first of an epoch");
        distributor.fund(asset, 5);
        measured("fund, later");
        goTo(EPOCH + 1);
        distributor.rollOver(EPOCH, asset);
        measured("rollOver");
    }

    function test_claimingIsAsCheapAmongFiveHundred() public {
        uint256 alone = costOfClaims(0, "alone");
        uint256 among = costOfClaims(500, "among 500");
        assertLte(among, alone + 60_000);
    }

    /// @dev Others lock at different times before, and claim before.
    function costOfClaims(uint256 others, string memory name) private returns (uint256 gas) {
        uint256 id = youngVm.snapshotState();
        vm.pauseGasMetering();
        for (uint256 i = 0; i < others; ++i) {
            vm.warp(NOW + i);
            lockFor(personAt(i), AMOUNT, 13);
        }
        lockFor(alice, AMOUNT, 13);
        goTo(EPOCH);
        fundWith(asset, 1_000_000);
        fundWithToken(1_000_000);
        goTo(EPOCH + 1);
        for (uint256 i = 0; i < others; ++i) {
            vm.prank(personAt(i));
            distributor.claim(EPOCH, asset, Mode.DIRECT);
        }
        vm.resumeGasMetering();
        vm.prank(alice);
        distributor.claim(EPOCH, asset, Mode.DIRECT);
        gas = measured(string.concat("claim DIRECT, ", name));
        vm.prank(alice);
        distributor.claim(EPOCH, token, Mode.REINVEST);
        gas += measured(string.concat("claim REINVEST, ", name));
        youngVm.revertToState(id);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("RevenueDistributor", name);
    }

    function personAt(uint256 i) private pure returns (address) {
        return address(uint160(0xACC000 + i));
    }
}
