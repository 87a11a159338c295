// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../../src/governance/Roles.sol";
import {BUCKET} from "../../src/staking/IVoteEscrow.sol";
import {VoteEscrow} from "../../src/staking/VoteEscrow.sol";
import {MarketToken} from "../../src/token/MarketToken.sol";
import {Test} from "./Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @dev A vote escrow as it is deployed, this test as the revenue distributor, and the shortest way to a lock.
abstract contract EscrowTest is Test {
    uint256 internal constant ONE = 1e18;
    uint48 internal constant FIRST_END = 1_800_000_000 / BUCKET * BUCKET + BUCKET;

    address internal admin = account("admin");
    address internal alice = account("alice");
    address internal bob = account("bob");
    address internal carol = account("carol");

    AccessManager internal authority = new AccessManager(admin);
    MarketToken internal token = new MarketToken(address(this));
    VoteEscrow internal escrow = new VoteEscrow(address(authority), token, ONE);

    constructor() {
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(escrow), openToAnyone(), Roles.PUBLIC);
        authority.setTargetFunctionRole(address(escrow), only(VoteEscrow.increaseFor.selector), Roles.DISTRIBUTOR);
        authority.grantRole(Roles.DISTRIBUTOR, address(this), 0);
        vm.stopPrank();
    }

    function lockFor(address owner, uint256 amount, uint256 buckets) internal {
        fund(owner, amount);
        vm.prank(owner);
        escrow.lock(amount, buckets);
    }

    function increaseOf(address owner, uint256 amount) internal {
        fund(owner, amount);
        vm.prank(owner);
        escrow.increase(amount);
    }

    function delegateOf(address owner, address delegatee) internal {
        vm.prank(owner);
        escrow.delegate(delegatee);
    }

    /// @dev What `owner` holds and allows the escrow to take.
    function fund(address owner, uint256 amount) internal {
        token.transfer(owner, amount);
        vm.prank(owner);
        token.approve(address(escrow), amount);
    }

    function openToAnyone() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = VoteEscrow.lock.selector;
        selectors[1] = VoteEscrow.lockWithAuthorization.selector;
        selectors[2] = VoteEscrow.increase.selector;
        selectors[3] = VoteEscrow.extend.selector;
    }

    function only(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }
}
