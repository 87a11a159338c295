// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../../src/governance/Roles.sol";
import {BUCKET} from "../../src/staking/IVoteEscrow.sol";
import {RevenueDistributor} from "../../src/staking/RevenueDistributor.sol";
import {PlainToken} from "../mocks/Tokens.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @dev A distributor that raises locks of the real escrow, and an epoch that is about to begin.
abstract contract RevenueTest is EscrowTest {
    /// The first epoch that has not begun.
    uint256 internal constant EPOCH = 1_800_000_000 / uint256(BUCKET) + 1;

    RevenueDistributor internal distributor = new RevenueDistributor(escrow, token);
    PlainToken internal asset = new PlainToken();

    constructor() {
        vm.prank(admin);
        authority.grantRole(Roles.DISTRIBUTOR, address(distributor), 0);
    }

    function beginOf(uint256 epoch) internal pure returns (uint256) {
        return epoch * BUCKET;
    }

    function goTo(uint256 epoch) internal {
        vm.warp(beginOf(epoch));
    }

    function fundWith(PlainToken token_, uint256 amount) internal {
        token_.mint(address(this), amount);
        token_.approve(address(distributor), amount);
        distributor.fund(token_, amount);
    }

    /// @dev With market tokens.
    function fundWithToken(uint256 amount) internal {
        token.approve(address(distributor), amount);
        distributor.fund(token, amount);
    }

    function fundedOf(uint256 epoch, IERC20 which) internal view returns (uint256 funded) {
        (funded,) = distributor.poolOf(epoch, which);
    }

    function leftOf(uint256 epoch, IERC20 which) internal view returns (uint256 left) {
        (, left) = distributor.poolOf(epoch, which);
    }

    function close(address target) internal {
        vm.prank(admin);
        authority.setTargetClosed(target, true);
    }
}
