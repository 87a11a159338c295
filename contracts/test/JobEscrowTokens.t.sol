// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPayouts} from "../src/compute/IPayouts.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {JobTest} from "./base/JobTest.sol";
import {CallbackToken, ComplianceToken, MoodyToken, SilentAllowanceToken} from "./mocks/Compute.sol";
import {FeeToken, PlainToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Jobs that are paid in tokens that do as they like.
contract JobEscrowTokensTest is JobTest {
    function test_attack_aTokenThatChargesAFee() public {
        FeeToken token = new FeeToken();
        uint256 id = pricedIn(address(token));
        token.mint(buyer, BUDGET);
        vm.startPrank(buyer);
        token.approve(address(jobs), BUDGET);
        vm.expectRevert(
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, address(token), BUDGET, BUDGET - BUDGET / 100
            )
        );
        jobs.fund(id, BUDGET, "");
    }

    function test_aTokenThatReturnsNothingIsFine() public {
        SilentAllowanceToken token = new SilentAllowanceToken();
        uint256 id = pricedIn(address(token));
        token.mint(buyer, BUDGET);
        vm.startPrank(buyer);
        token.approve(address(jobs), BUDGET);
        jobs.fund(id, BUDGET, "");
        vm.stopPrank();
        vm.prank(provider);
        jobs.submit(id, WORK, "");
        court.accept(jobs, id);
        assertEq(token.balanceOf(splitter), BUDGET - FEE);
    }

    function test_attack_aTokenThatReturnsFalse() public {
        MoodyToken token = new MoodyToken();
        uint256 id = pricedIn(address(token));
        token.mint(buyer, BUDGET);
        vm.startPrank(buyer);
        token.approve(address(jobs), BUDGET);
        token.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        jobs.fund(id, BUDGET, "");

        token.setRefusing(false);
        jobs.fund(id, BUDGET, "");
        token.setRefusing(true);
        vm.warp(NOW + 1_000 days);
        vm.expectEmit(address(jobs));
        emit IPayouts.PaymentHeld(address(token), buyer, BUDGET);
        jobs.claimRefund(id);
        assertEq(jobs.heldFor(address(token), buyer), BUDGET);

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        jobs.withdrawHeld(address(token), buyer);
        token.setRefusing(false);
        vm.expectEmit(address(jobs));
        emit IPayouts.HeldPaymentWithdrawn(address(token), buyer, BUDGET);
        assertEq(jobs.withdrawHeld(address(token), buyer), BUDGET);
        assertEq(token.balanceOf(buyer), BUDGET);
        assertEq(jobs.withdrawHeld(address(token), buyer), 0);
    }

    function test_attack_aBlockedClientStandsInNobodysWay() public {
        ComplianceToken token = new ComplianceToken();
        uint256 id = submittedIn(token);
        token.setBlocked(buyer, true);
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));
        court.resolve(jobs, id, 5_000);
        assertEq(jobs.withdrawHeld(address(token), splitter), BUDGET / 2 - FEE / 2);
        vm.expectRevert(bytes("blocked"));
        jobs.withdrawHeld(address(token), buyer);
        token.setBlocked(buyer, false);
        assertEq(jobs.withdrawHeld(address(token), buyer), BUDGET / 2);
    }

    function test_attack_aBlockedEvaluatorStandsInNobodysWay() public {
        ComplianceToken token = new ComplianceToken();
        uint256 id = submittedIn(token);
        token.setBlocked(till, true);
        court.accept(jobs, id);
        assertEq(token.balanceOf(splitter), BUDGET - FEE);
        assertEq(jobs.heldFor(address(token), till), FEE);
    }

    function test_attack_aTokenThatReenters() public {
        CallbackToken token = new CallbackToken();
        uint256 id = pricedIn(address(token));
        token.mint(buyer, BUDGET);
        vm.startPrank(buyer);
        token.approve(address(jobs), BUDGET);
        token.attackWith(address(jobs), abi.encodeCall(jobs.reject, (id, "", "")));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        jobs.fund(id, BUDGET, "");

        token.attackWith(address(0), "");
        jobs.fund(id, BUDGET, "");
        token.attackWith(address(jobs), abi.encodeCall(jobs.claimRefund, (id)));
        vm.warp(NOW + 1_000 days);
        jobs.claimRefund(id);
        assertEq(jobs.heldFor(address(token), buyer), BUDGET);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        jobs.withdrawHeld(address(token), buyer);
    }

    function test_attack_aTokenThatShrinks() public {
        ShrinkingToken token = new ShrinkingToken();
        uint256 id = submittedIn(token);
        uint256 sound = submitted();
        token.shrink(address(jobs), BUDGET / 2);
        court.accept(jobs, id);
        assertEq(jobs.heldFor(address(token), splitter), BUDGET - FEE);
        assertEq(token.balanceOf(till), FEE);
        court.accept(jobs, sound);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    // ---------------------------------------------------------------- given

    function pricedIn(address token) private returns (uint256 id) {
        vm.startPrank(buyer);
        id = jobs.createJob(listing, token, provider, NOW + WINDOW + 30 days, "", address(0));
        jobs.setBudget(id, BUDGET, "");
        vm.stopPrank();
    }

    function submittedIn(PlainToken token) private returns (uint256 id) {
        id = pricedIn(address(token));
        token.mint(buyer, BUDGET);
        vm.startPrank(buyer);
        token.approve(address(jobs), BUDGET);
        jobs.fund(id, BUDGET, "");
        vm.stopPrank();
        vm.prank(provider);
        jobs.submit(id, WORK, "");
    }
}
