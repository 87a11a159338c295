// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization} from "../../src/token/ExactTransfer.sol";
import {ComputeTest} from "./ComputeTest.sol";

/// @dev Jobs of a listing, as far as a test needs them.
abstract contract JobTest is ComputeTest {
    uint256 internal constant BUDGET = 10_000_000;
    uint256 internal constant FEE = BUDGET * FEE_BPS / 10_000;
    bytes32 internal constant WORK = keccak256("work");

    address internal splitter;

    function setUp() public override {
        super.setUp();
        splitter = registry.splitterOf(listing);
        usd.mint(buyer, 1e12);
        vm.prank(buyer);
        usd.approve(address(jobs), type(uint256).max);
    }

    function created(address by, address hook) internal returns (uint256) {
        vm.prank(buyer);
        return jobs.createJob(listing, address(usd), by, NOW + WINDOW + 30 days, "", hook);
    }

    function priced(uint256 budget) internal returns (uint256 id) {
        id = created(provider, address(0));
        vm.prank(buyer);
        jobs.setBudget(id, budget, "");
    }

    function priced(uint256 budget, address hook) internal returns (uint256 id) {
        permitHook(hook);
        id = created(provider, hook);
        vm.prank(buyer);
        jobs.setBudget(id, budget, "");
    }

    function funded() internal returns (uint256 id) {
        id = priced(BUDGET);
        vm.prank(buyer);
        jobs.fund(id, BUDGET, "");
    }

    function submitted() internal returns (uint256 id) {
        id = funded();
        vm.prank(provider);
        jobs.submit(id, WORK, "");
    }

    function submitted(address hook) internal returns (uint256 id) {
        id = priced(BUDGET, hook);
        vm.prank(buyer);
        jobs.fund(id, BUDGET, "");
        vm.prank(provider);
        jobs.submit(id, WORK, "");
    }

    function permitHook(address hook) internal {
        vm.prank(admin);
        jobs.setHook(hook, true);
    }

    function fundAuthorization(string memory signer, uint256 id, uint256 budget)
        internal
        view
        returns (Authorization memory)
    {
        return authorized(signer, address(jobs), budget, jobs.fundNonce(id, budget, "", "salt"), "salt");
    }
}
