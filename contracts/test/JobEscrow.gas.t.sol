// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization} from "../src/token/ExactTransfer.sol";
import {ComputeTest} from "./base/ComputeTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract JobEscrowGasTest is ComputeTest {
    uint256 private constant BUDGET = 10_000_000;

    function setUp() public override {
        super.setUp();
        usd.mint(buyer, 1e12);
        vm.prank(buyer);
        usd.approve(address(jobs), type(uint256).max);
        live("complete, first");
    }

    function test_theLifeOfAJob() public {
        uint256 id = create("a song about the sea, as described in bafkreigh2akiscaildc");
        measured("createJob");
        vm.prank(buyer);
        jobs.setBudget(id, BUDGET, "");
        measured("setBudget");
        vm.prank(buyer);
        jobs.fund(id, BUDGET, "");
        assertLte(measured("fund, by allowance"), 130_000);
        vm.prank(provider);
        jobs.submit(id, "work", "");
        measured("submit");
        court.acceptByTimeout(jobs, accepted(id));
        measured("complete, with an evaluator's fee");
    }

    function test_fundingByAuthorization() public {
        uint256 id = create("");
        vm.prank(buyer);
        jobs.setBudget(id, BUDGET, "");
        Authorization memory authorization =
            authorized("buyer", address(jobs), BUDGET, jobs.fundNonce(id, BUDGET, "", "salt"), "salt");
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);
        measured("fund, by EIP-3009");
    }

    function test_refundAndRuling() public {
        uint256 id = submitted();
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));
        measured("hold");
        court.resolve(jobs, id, 5_000);
        measured("resolve");

        id = submitted();
        vm.warp(NOW + 1_000 days);
        jobs.claimRefund(id);
        measured("claimRefund");
    }

    function test_itCostsTheSameWithFiveHundredOtherJobs() public {
        submitted();
        uint256 alone = live("complete, among 1 other job");
        for (uint256 i = 0; i < 500; ++i) {
            submitted();
        }
        uint256 crowded = live("complete, among 500 other jobs");
        assertLte(crowded, alone + 100);
    }

    /// @return cost of completing one
    function live(string memory name) private returns (uint256 cost) {
        uint256 id = submitted();
        court.accept(jobs, id);
        return measured(name);
    }

    function submitted() private returns (uint256 id) {
        id = create("");
        vm.startPrank(buyer);
        jobs.setBudget(id, BUDGET, "");
        jobs.fund(id, BUDGET, "");
        vm.stopPrank();
        vm.prank(provider);
        jobs.submit(id, "work", "");
    }

    function accepted(uint256 id) private returns (uint256) {
        vm.warp(block.timestamp + ACCEPTANCE);
        return id;
    }

    function create(string memory description) private returns (uint256) {
        vm.prank(buyer);
        return
            jobs.createJob(listing, address(usd), provider, block.timestamp + WINDOW + 1 days, description, address(0));
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("JobEscrow", name);
    }
}
