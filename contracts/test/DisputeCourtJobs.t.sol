// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {JobStatus} from "../src/compute/IJobEscrow.sol";
import {JobEscrow} from "../src/compute/JobEscrow.sol";
import {IDisputeCourt} from "../src/governance/IDisputeCourt.sol";
import {Roles} from "../src/governance/Roles.sol";
import {CourtTest} from "./base/CourtTest.sol";

/// @dev The court as the evaluator of real jobs.
contract DisputeCourtJobsTest is CourtTest {
    uint48 private constant ACCEPTANCE = 3 days;

    JobEscrow private jobs;
    uint256 private job;

    function setUp() public {
        jobs = new JobEscrow(
            address(authority), registry, address(court), ACCEPTANCE, court.MAX_DURATION(), account("fees"), 0
        );
        bytes4[] memory open = new bytes4[](2);
        (open[0], open[1]) = (jobs.createJob.selector, jobs.fund.selector);
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(jobs), open, Roles.PUBLIC);
        court.setSubject(address(jobs), true);
        vm.stopPrank();

        usd.mint(buyer, STAKE + BOND);
        vm.startPrank(buyer);
        job = jobs.createJob(listing, address(usd), provider, NOW + 2 * jobs.WINDOW(), "classify", address(0));
        jobs.setBudget(job, STAKE, "");
        usd.approve(address(jobs), STAKE);
        usd.approve(address(court), BOND);
        jobs.fund(job, STAKE, "");
        vm.stopPrank();
        vm.prank(provider);
        jobs.submit(job, "work", "");
    }

    function test_theClientAcceptsTheWork() public {
        vm.prank(buyer);
        court.accept(jobs, job);
        assertStatus(JobStatus.COMPLETED);
        assertEq(usd.balanceOf(registry.splitterOf(listing)), STAKE);
    }

    function test_anyoneHasWorkAcceptedThatWasNotDisputedInTime() public {
        vm.warp(NOW + ACCEPTANCE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, NOW + ACCEPTANCE));
        court.acceptByTimeout(jobs, job);
        vm.warp(NOW + ACCEPTANCE);
        court.acceptByTimeout(jobs, job);
        assertStatus(JobStatus.COMPLETED);
    }

    function test_disputedWorkIsPaidAsTheCourtRules() public {
        // Given a dispute in the last second
        vm.warp(NOW + ACCEPTANCE - 1);
        uint256 id = open(buyer, jobs, job);
        vm.warp(NOW + ACCEPTANCE);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, type(uint48).max));
        court.acceptByTimeout(jobs, job);

        // When
        decide(id, share(7_500));
        executeWhenPossible(id);

        // Then
        assertStatus(JobStatus.COMPLETED);
        assertEq(jobs.heldFor(address(usd), buyer), STAKE * 3 / 4);
        assertEq(jobs.heldFor(address(usd), registry.splitterOf(listing)), STAKE / 4);
        assertCredits(BOND, 0);
    }

    function test_aSilentPanelLeavesTheJobAsItWas() public {
        uint256 id = open(buyer, jobs, job);
        vm.warp(court.dispute(id).rulingUntil);
        court.dismiss(id);
        court.acceptByTimeout(jobs, job);
        assertStatus(JobStatus.COMPLETED);
        assertCredits(BOND, 0);
    }

    function test_aClientThatGivesInStillHasItsCaseClosed() public {
        uint256 id = open(buyer, jobs, job);
        vm.prank(buyer);
        court.accept(jobs, job);
        decide(id, share(0));
        executeWhenPossible(id);
        assertCredits(0, BOND);
        assertEq(usd.balanceOf(registry.splitterOf(listing)), STAKE);
    }

    function assertStatus(JobStatus expected) private {
        assertEq(uint8(jobs.job(job).status), uint8(expected));
    }
}
