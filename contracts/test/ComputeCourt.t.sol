// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Job, JobStatus} from "../src/compute/IJobEscrow.sol";
import {CloseReason, LeaseQuote} from "../src/compute/ILeaseEscrow.sol";
import {JobEscrow} from "../src/compute/JobEscrow.sol";
import {LeaseEscrow} from "../src/compute/LeaseEscrow.sol";
import {DisputeState, IDisputeCourt} from "../src/governance/IDisputeCourt.sol";
import {CourtTest} from "./base/CourtTest.sol";

/// @dev Jobs and leases before the real court.
contract ComputeCourtTest is CourtTest {
    uint48 private constant ACCEPTANCE = 3 days;
    uint256 private constant BUDGET = 1_000e6;
    uint96 private constant RATE = 3_600_000;
    uint128 private constant DEPOSIT = 864_000_000;

    JobEscrow private jobs;
    LeaseEscrow private leases;
    address private splitter;

    function setUp() public {
        jobs = new JobEscrow(address(authority), registry, address(court), ACCEPTANCE, court.MAX_DURATION(), admin, 0);
        leases = new LeaseEscrow(address(authority), registry, address(court), court.MAX_DURATION());
        openToAll(address(jobs), jobs.createJob.selector);
        openToAll(address(jobs), jobs.fund.selector);
        openToAll(address(leases), leases.open.selector);
        vm.startPrank(admin);
        court.setSubject(address(jobs), true);
        court.setSubject(address(leases), true);
        vm.stopPrank();
        splitter = registry.splitterOf(listing);
        usd.mint(buyer, BUDGET + DEPOSIT);
        vm.startPrank(buyer);
        usd.approve(address(jobs), type(uint256).max);
        usd.approve(address(leases), type(uint256).max);
        vm.stopPrank();
    }

    function test_theClientAcceptsAtTheCourt() public {
        uint256 id = submitted();
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotClient.selector, id, address(this)));
        court.accept(jobs, id);
        vm.prank(buyer);
        court.accept(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET);
    }

    function test_anyoneHasUndisputedWorkAccepted() public {
        uint256 id = submitted();
        vm.warp(NOW + ACCEPTANCE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, NOW + ACCEPTANCE));
        court.acceptByTimeout(jobs, id);
        vm.warp(NOW + ACCEPTANCE);
        vm.prank(stranger);
        court.acceptByTimeout(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET);
    }

    function test_theCourtDividesABudget() public {
        uint256 id = submitted();
        uint256 dispute = openBy(buyer, jobs, id);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, type(uint48).max));
        court.acceptByTimeout(jobs, id);
        decide(dispute, share(3_000));
        executeWhenPossible(dispute);

        assertEq(jobs.withdrawHeld(address(usd), buyer), BUDGET * 3 / 10);
        assertEq(jobs.withdrawHeld(address(usd), splitter), BUDGET * 7 / 10);
        assertTrue(jobs.job(id).status == JobStatus.COMPLETED);
    }

    function test_attack_silentEvaluator() public {
        uint256 id = submitted();
        uint256 dispute = openBy(buyer, jobs, id);
        vm.warp(court.dispute(dispute).rulingUntil);
        court.dismiss(dispute);
        assertState(dispute, DisputeState.DISMISSED);
        court.acceptByTimeout(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET);
        assertCredits(BOND, 0);
    }

    /// @dev Handed in, disputed, ruled on and appealed at the last second each: all of it still ends before the expiry.
    function test_attack_autoAcceptAgainstExpiry() public {
        uint256 id = funded();
        Job memory job = jobs.job(id);
        vm.warp(job.expiredAt - jobs.WINDOW());
        vm.prank(provider);
        jobs.submit(id, "work", "");
        vm.warp(block.timestamp + ACCEPTANCE - 1);
        uint256 dispute = openBy(buyer, jobs, id);
        vm.warp(court.dispute(dispute).rulingUntil - 1);
        vote(judge1, dispute, share(0));
        vote(judge2, dispute, share(0));
        vm.warp(court.dispute(dispute).appealUntil - 1);
        appeal(buyer, dispute, share(10_000));
        vm.warp(court.dispute(dispute).executableFrom - 1);

        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, type(uint48).max));
        court.acceptByTimeout(jobs, id);
        executeWhenPossible(dispute);
        assertTrue(block.timestamp + ACCEPTANCE < job.expiredAt);
        assertEq(jobs.withdrawHeld(address(usd), splitter), BUDGET);
    }

    function test_aRulingThatNobodyCarriesOutGivesWay() public {
        uint256 id = submitted();
        uint256 dispute = openBy(buyer, jobs, id);
        decide(dispute, share(10_000));
        vm.warp(jobs.job(id).heldUntil);
        court.acceptByTimeout(jobs, id);
        court.execute(dispute);
        assertState(dispute, DisputeState.EXECUTED);
        assertEq(usd.balanceOf(splitter), BUDGET);
        assertEq(jobs.heldFor(address(usd), buyer), 0);
    }

    function test_aDisputeOverALeaseEndsItAndDividesItsRent() public {
        uint256 id = active();
        vm.warp(NOW + 12 hours);
        uint256 before = usd.balanceOf(buyer);
        uint256 dispute = openBy(buyer, leases, id);
        assertTrue(leases.lease(id).reason == CloseReason.COURT);
        uint256 rent = 12 * RATE;
        assertEq(usd.balanceOf(buyer), before + BOND - court.dispute(dispute).bond + DEPOSIT - rent);

        decide(dispute, share(10_000));
        assertEq(leases.withdraw(id), 0);
        executeWhenPossible(dispute);
        assertEq(leases.withdrawHeld(address(usd), buyer), rent);
        assertEq(usd.balanceOf(address(leases)), 0);
    }

    function test_aDismissedDisputeOverALeaseLeavesItsRentToTheProvider() public {
        uint256 id = active();
        vm.warp(NOW + 12 hours);
        uint256 dispute = openBy(buyer, leases, id);
        vm.warp(court.dispute(dispute).rulingUntil);
        court.dismiss(dispute);
        assertEq(leases.withdraw(id), 12 * RATE);
        assertEq(usd.balanceOf(splitter), 12 * RATE);
    }

    function openBy(address opener, JobEscrow over, uint256 id) private returns (uint256) {
        fund(opener, address(usd), BOND);
        return open(opener, over, id);
    }

    function openBy(address opener, LeaseEscrow over, uint256 id) private returns (uint256) {
        fund(opener, address(usd), BOND);
        return open(opener, over, id);
    }

    function funded() private returns (uint256 id) {
        vm.startPrank(buyer);
        id = jobs.createJob(listing, address(usd), provider, NOW + jobs.WINDOW() + 5 days, "", address(0));
        jobs.setBudget(id, BUDGET, "");
        jobs.fund(id, BUDGET, "");
        vm.stopPrank();
    }

    function submitted() private returns (uint256 id) {
        id = funded();
        vm.prank(provider);
        jobs.submit(id, "work", "");
    }

    function active() private returns (uint256 id) {
        LeaseQuote memory quote = LeaseQuote({
            listing: listing,
            capacityId: "gpu-7",
            asset: address(usd),
            ratePerHour: RATE,
            minDeposit: 0,
            tenant: buyer,
            operator: address(0),
            provisionSeconds: 10 minutes,
            expiresAt: uint48(NOW),
            maxEnd: uint48(NOW + 30 days),
            salt: 0
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("provider"), leases.quoteDigest(quote));
        vm.prank(buyer);
        id = leases.open(quote, abi.encodePacked(r, s, v), DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
    }
}
