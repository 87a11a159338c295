// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow, JobStatus} from "../src/compute/IJobEscrow.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {JobTest} from "./base/JobTest.sol";
import {BabblingHook, BurningHook, RecordingHook, ReentrantHook, RefusingHook} from "./mocks/Compute.sol";

/// @notice What a hook is told of a job, and what it can do to it.
contract JobEscrowHooksTest is JobTest {
    function test_aHookIsToldOfEveryStep() public {
        RecordingHook hook = new RecordingHook();
        permitHook(address(hook));
        vm.startPrank(buyer);
        uint256 id = jobs.createJob(listing, address(usd), address(0), NOW + WINDOW, "", address(hook));
        jobs.setProvider(id, provider, "p");
        expectTold(hook, id, jobs.setProvider.selector, abi.encode(provider, bytes("p")));
        jobs.setBudget(id, BUDGET, "b");
        expectTold(hook, id, jobs.setBudget.selector, abi.encode(BUDGET, bytes("b")));
        jobs.fund(id, BUDGET, "f");
        expectTold(hook, id, jobs.fund.selector, "f");
        vm.stopPrank();
        vm.prank(provider);
        jobs.submit(id, WORK, "s");
        expectTold(hook, id, jobs.submit.selector, abi.encode(WORK, bytes("s")));
        vm.prank(address(court));
        jobs.complete(id, "r", "c");
        expectTold(hook, id, jobs.complete.selector, abi.encode(bytes32("r"), bytes("c")));

        uint256 other = priced(BUDGET, address(hook));
        Authorization memory authorization = fundAuthorization("buyer", other, BUDGET);
        jobs.fundWithAuthorization(other, BUDGET, "", authorization);
        expectTold(hook, other, jobs.fund.selector, "");
        vm.prank(address(court));
        jobs.reject(other, "r", "j");
        expectTold(hook, other, jobs.reject.selector, abi.encode(bytes32("r"), bytes("j")));
    }

    function test_aHookMayRefuseWhatLeadsToASubmission() public {
        RefusingHook hook = new RefusingHook();
        permitHook(address(hook));
        uint256 open = created(address(0), address(hook));
        uint256 ready = priced(BUDGET, address(hook));
        uint256 paid = priced(BUDGET, address(hook));
        vm.prank(buyer);
        jobs.fund(paid, BUDGET, "");

        for (uint256 i = 0; i < 2; ++i) {
            hook.refuse(i == 0, i == 1);
            vm.startPrank(buyer);
            expectRefusal(open, address(hook));
            jobs.setProvider(open, provider, "");
            expectRefusal(open, address(hook));
            jobs.setBudget(open, 1, "");
            expectRefusal(ready, address(hook));
            jobs.fund(ready, BUDGET, "");
            vm.stopPrank();
            vm.prank(provider);
            expectRefusal(paid, address(hook));
            jobs.submit(paid, WORK, "");
        }
    }

    function test_attack_aHookThatReverts() public {
        RefusingHook hook = new RefusingHook();
        uint256 id = submitted(address(hook));
        uint256 refunded = submitted(address(hook));
        uint256 open = priced(BUDGET, address(hook));
        hook.refuse(true, true);

        vm.expectEmit(address(jobs));
        emit IJobEscrow.HookFailed(id, address(hook), jobs.complete.selector);
        court.accept(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);

        vm.prank(address(court));
        jobs.reject(refunded, "", "");
        vm.prank(buyer);
        jobs.reject(open, "", "");
        assertEq(usd.balanceOf(address(jobs)), 0);
    }

    function test_attack_aHookThatBurnsGas() public {
        BurningHook hook = new BurningHook();
        uint256 id = submitted(address(hook));
        hook.burn();
        uint256 before = gasleft();
        court.accept(jobs, id);
        assertTrue(before - gasleft() < 2 * jobs.HOOK_GAS() + 300_000);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    function test_attack_aHookThatAnswersWithMegabytes() public {
        BabblingHook hook = new BabblingHook();
        uint256 id = submitted(address(hook));
        hook.babble();
        uint256 before = gasleft();
        court.accept(jobs, id);
        assertTrue(before - gasleft() < 4 * jobs.HOOK_GAS() + 300_000);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    function test_attack_aHookThatReenters() public {
        ReentrantHook hook = new ReentrantHook();
        uint256 id = submitted(address(hook));
        uint256 open = created(provider, address(hook));
        uint256 other = funded();
        vm.warp(jobs.job(other).expiredAt - WINDOW + 1);
        hook.attackWith(abi.encodeCall(jobs.claimRefund, (other)));

        vm.expectEmit(address(jobs));
        emit IJobEscrow.HookFailed(id, address(hook), jobs.complete.selector);
        court.accept(jobs, id);
        assertTrue(jobs.job(other).status == JobStatus.FUNDED);

        vm.prank(buyer);
        expectRefusal(open, address(hook));
        jobs.setBudget(open, 1, "");
    }

    function test_attack_aHookStarvedOfGas() public {
        RecordingHook hook = new RecordingHook();
        uint256 id = submitted(address(hook));
        uint256 told = hook.count();
        (bool success, bytes memory reason) =
            address(court).call{gas: 200_000}(abi.encodeCall(court.accept, (jobs, id)));
        assertFalse(success);
        assertEq(bytes4(reason), IJobEscrow.NotEnoughGasForHook.selector);
        assertEq(hook.count(), told);
    }

    function test_aHookHasNoPartInRefundsAndRulings() public {
        RecordingHook hook = new RecordingHook();
        uint256 expiring = priced(BUDGET, address(hook));
        vm.prank(buyer);
        jobs.fund(expiring, BUDGET, "");
        uint256 disputed = submitted(address(hook));
        vm.prank(buyer);
        court.open(jobs, disputed, uint48(NOW + 10 days));
        uint256 told = hook.count();

        court.resolve(jobs, disputed, 5_000);
        vm.warp(jobs.job(expiring).expiredAt);
        jobs.claimRefund(expiring);
        assertEq(hook.count(), told);
    }

    function test_aForbiddenHookStaysWithTheJobsThatHaveIt() public {
        RecordingHook hook = new RecordingHook();
        uint256 id = submitted(address(hook));
        vm.expectEmit(address(jobs));
        emit IJobEscrow.HookAllowed(address(hook), false);
        vm.prank(admin);
        jobs.setHook(address(hook), false);

        assertFalse(jobs.isHookAllowed(address(hook)));
        court.accept(jobs, id);
        expectTold(hook, id, jobs.complete.selector, abi.encode(bytes32("accepted"), bytes("")));
    }

    // ---------------------------------------------------------------- then

    function expectRefusal(uint256 id, address hook) private {
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.HookRefused.selector, id, hook));
    }

    /// @dev The last two things that the hook was told.
    function expectTold(RecordingHook hook, uint256 id, bytes4 step, bytes memory data) private {
        uint256 count = hook.count();
        assertEq(hook.told(count - 2), keccak256(abi.encode("before", id, step, data)));
        assertEq(hook.told(count - 1), keccak256(abi.encode("after", id, step, data)));
    }
}
