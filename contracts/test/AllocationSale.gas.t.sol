// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Opening, Terms} from "../src/staking/IAllocationSale.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {SaleTest} from "./base/SaleTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract AllocationSaleGasTest is SaleTest {
    uint256 private constant SLACK = 30_000;

    function test_announcingWithFourWindows() public {
        Terms memory offered = terms();
        offered.openings = new Opening[](4);
        for (uint256 i = 0; i < 4; ++i) {
            offered.openings[i] = Opening(uint40(NOW + i), uint8(8 - i));
        }
        sold.mint(address(this), uint256(LOTS) * LOT);
        sold.approve(address(sales), uint256(LOTS) * LOT);
        sales.announce(offered);
        measured("announce, 4 windows");
    }

    function test_committingBySignature() public {
        giveScore(alice, 8);
        vm.warp(NOW + 1);
        Terms memory offered = terms();
        offered.openings[0].start = uint40(NOW + 1);
        bytes32 saleId = announce(offered);
        usd.mint(alice, PRICE);
        Authorization memory paid = authorize("alice", alice, PRICE, sales.commitNonce(saleId, 1, "salt"));
        vm.prank(bob);
        sales.commitWithAuthorization(saleId, 1, paid);
        measured("commitWithAuthorization");
    }

    function test_nothingIsDearerAmongFiveHundred() public {
        uint256[6] memory alone = costs(1, "2 buyers");
        uint256[6] memory among = costs(500, "501 buyers");
        for (uint256 i = 0; i < 6; ++i) {
            assertLte(among[i], alone[i] + SLACK);
        }
    }

    /// @dev Of a buyer who comes last and is paid last; `others` come before, and all want all there is.
    function costs(uint256 others, string memory name) private returns (uint256[6] memory gas) {
        uint256 id = youngVm.snapshotState();
        vm.pauseGasMetering();
        giveScore(alice, 8);
        vm.warp(NOW + 1);
        Terms memory offered = terms();
        offered.openings = new Opening[](1);
        offered.openings[0] = Opening(uint40(NOW + 1), 0);
        offered.lots = 100;
        bytes32 saleId = announce(offered);
        for (uint256 i = 0; i < others; ++i) {
            commit(saleId, personAt(i), 50);
        }
        pay(alice, 100 * PRICE);
        vm.resumeGasMetering();
        vm.prank(alice);
        sales.commit(saleId, 100);
        gas[0] = measured(string.concat("commit, ", name));
        vm.warp(DEADLINE);
        sales.settle(saleId);
        gas[1] = measured(string.concat("settle, ", name));
        sales.claim(saleId, alice);
        gas[2] = measured(string.concat("claim, ", name));
        sales.refund(saleId, alice);
        gas[3] = measured(string.concat("refund, ", name));
        sales.payProceeds(saleId);
        gas[4] = measured(string.concat("payProceeds, ", name));
        sales.returnUnsold(saleId);
        gas[5] = measured(string.concat("returnUnsold, ", name));
        youngVm.revertToState(id);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("AllocationSale", name);
    }

    function personAt(uint256 i) private pure returns (address) {
        return address(uint160(0xACC000 + i));
    }
}
