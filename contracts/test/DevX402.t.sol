// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositCollector} from "../src/dev/DepositCollector.sol";
import {ExactPermit2Proxy} from "../src/dev/ExactPermit2Proxy.sol";
import {IPermit2} from "../src/dev/IPermit2.sol";
import {Permit2DepositCollector} from "../src/dev/Permit2DepositCollector.sol";
import {Permit2Proxy} from "../src/dev/Permit2Proxy.sol";
import {EIP2612Permit, Permit2Spender} from "../src/dev/Permit2Spender.sol";
import {UptoPermit2Proxy} from "../src/dev/UptoPermit2Proxy.sol";
import {ChannelConfig} from "../src/payment/IPaymentChannels.sol";
import {X402} from "../src/payment/X402.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @dev Refuses every approval by signature, in the way it is told to; calls back when it moves.
contract StubbornToken is PlainToken {
    uint256 private _way;
    address private _back;
    bytes private _attack;

    function refuseIn(uint256 way) external {
        _way = way;
    }

    function attackWith(address back, bytes calldata attack) external {
        (_back, _attack) = (back, attack);
    }

    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external view {
        if (_way == 0) revert("no permits");
        if (_way == 1) assert(_way == 0);
        revert IERC20Errors.ERC20InvalidApprover(address(this));
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || _back == address(0)) return;
        (bool success, bytes memory reason) = _back.call(_attack);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}

/// forge-config: default.fuzz.runs = 48
contract DevX402Test is MarketTest, CanonicalX402 {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant SOON = NOW + 60;

    uint256 private payerKey = keyOf("buyer");
    address private facilitator = account("facilitator");
    address private node = account("node");
    StubbornToken private stubborn = new StubbornToken();

    function setUp() public {
        usd.mint(buyer, 1_000_000);
        stubborn.mint(buyer, 1_000_000);
        approve(type(uint256).max);
    }

    // ---------------------------------------------------------------- exact

    function testFuzz_anyoneSettlesExactlyWhatWasSigned(address caller, uint256 amount) public {
        amount = bound(amount, 1, 1_000_000);
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), amount, witness);
        vm.expectEmit(X402.EXACT_PROXY);
        emit Permit2Proxy.Settled();
        vm.prank(caller);
        exactProxy.settle(permission(address(usd), amount), buyer, witness, signature);
        assertEq(usd.balanceOf(provider), amount);
    }

    function testFuzz_aPaymentIsSettledFromItsFirstSecond(uint256 validAfter) public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, validAfter);
        bytes memory signature = signExact(address(usd), 5, witness);
        if (validAfter > NOW) vm.expectRevert(Permit2Proxy.PaymentTooEarly.selector);
        exactProxy.settle(permission(address(usd), 5), buyer, witness, signature);
    }

    function test_anExactPaymentIsOfSomethingFromSomebodyToSomebody() public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        vm.expectRevert(Permit2Proxy.InvalidAmount.selector);
        exactProxy.settle(permission(address(usd), 0), buyer, witness, "");
        vm.expectRevert(Permit2Proxy.InvalidOwner.selector);
        exactProxy.settle(permission(address(usd), 5), address(0), witness, "");
        witness.to = address(0);
        vm.expectRevert(Permit2Proxy.InvalidDestination.selector);
        exactProxy.settle(permission(address(usd), 5), buyer, witness, "");
    }

    function test_attack_aFacilitatorRedirectsAPayment() public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), 5, witness);
        witness.to = facilitator;
        vm.expectRevert(IPermit2.InvalidSigner.selector);
        exactProxy.settle(permission(address(usd), 5), buyer, witness, signature);
    }

    function test_attack_aPaymentIsSettledTwice() public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), 5, witness);
        exactProxy.settle(permission(address(usd), 5), buyer, witness, signature);
        vm.expectRevert(IPermit2.InvalidNonce.selector);
        exactProxy.settle(permission(address(usd), 5), buyer, witness, mirrored(signature));
    }

    function test_attack_aTokenSettlesFromInsideASettlement() public {
        vm.prank(buyer);
        stubborn.approve(X402.PERMIT2, type(uint256).max);
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(stubborn), 5, witness);
        stubborn.attackWith(
            X402.EXACT_PROXY,
            abi.encodeCall(exactProxy.settle, (permission(address(usd), 5), buyer, witness, signature))
        );
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        exactProxy.settle(permission(address(stubborn), 5), buyer, witness, signature);
    }

    // ---------------------------------------------------------------- upto

    function testFuzz_theFacilitatorSettlesUpToWhatWasSigned(uint256 amount, uint256 charged) public {
        amount = bound(amount, 1, 1_000_000);
        charged = bound(charged, 0, 1_100_000);
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(provider, facilitator, 0);
        bytes memory signature = signUpto(amount, witness);
        if (charged > amount) vm.expectRevert(UptoPermit2Proxy.AmountExceedsPermitted.selector);
        else if (charged == 0) vm.expectRevert(Permit2Proxy.InvalidAmount.selector);
        vm.prank(facilitator);
        uptoProxy.settle(permission(address(usd), amount), charged, buyer, witness, signature);
        assertEq(usd.balanceOf(provider), charged <= amount ? charged : 0);
    }

    function testFuzz_onlyTheSignedFacilitatorSettles(address caller) public {
        vm.assume(caller != facilitator);
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(provider, facilitator, 0);
        bytes memory signature = signUpto(5, witness);
        EIP2612Permit memory approval = approvalOf(5);
        vm.startPrank(caller);
        vm.expectRevert(UptoPermit2Proxy.UnauthorizedFacilitator.selector);
        uptoProxy.settle(permission(address(usd), 5), 5, buyer, witness, signature);
        vm.expectRevert(UptoPermit2Proxy.UnauthorizedFacilitator.selector);
        uptoProxy.settleWithPermit(approval, permission(address(usd), 5), 5, buyer, witness, signature);
        witness.facilitator = caller;
        vm.expectRevert(IPermit2.InvalidSigner.selector);
        uptoProxy.settle(permission(address(usd), 5), 5, buyer, witness, signature);
    }

    function test_theRestOfAMeteredPaymentCannotBeTakenLater() public {
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(provider, facilitator, 0);
        bytes memory signature = signUpto(100, witness);
        vm.startPrank(facilitator);
        uptoProxy.settle(permission(address(usd), 100), 1, buyer, witness, signature);
        vm.expectRevert(IPermit2.InvalidNonce.selector);
        uptoProxy.settle(permission(address(usd), 100), 99, buyer, witness, signature);
    }

    function test_aMeteredPaymentKeepsTheOtherRules() public {
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(provider, facilitator, NOW + 1);
        vm.startPrank(facilitator);
        vm.expectRevert(Permit2Proxy.PaymentTooEarly.selector);
        uptoProxy.settle(permission(address(usd), 5), 5, buyer, witness, "");
        vm.expectRevert(Permit2Proxy.InvalidOwner.selector);
        uptoProxy.settle(permission(address(usd), 5), 5, address(0), witness, "");
        witness.to = address(0);
        vm.expectRevert(Permit2Proxy.InvalidDestination.selector);
        uptoProxy.settle(permission(address(usd), 5), 5, buyer, witness, "");
    }

    // ---------------------------------------------------------------- with an approval

    function test_aPayerWithoutApprovalSignsOneToo() public {
        approve(0);
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), 5, witness);
        EIP2612Permit memory approval = approvalOf(5);
        vm.expectEmit(X402.EXACT_PROXY);
        emit Permit2Proxy.SettledWithPermit();
        exactProxy.settleWithPermit(approval, permission(address(usd), 5), buyer, witness, signature);
        assertEq(usd.balanceOf(provider), 5);
        assertEq(usd.allowance(buyer, X402.PERMIT2), 0);
    }

    function test_aMeteredPaymentApprovesItsCeiling() public {
        approve(0);
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(provider, facilitator, 0);
        bytes memory signature = signUpto(100, witness);
        EIP2612Permit memory approval = approvalOf(100);
        vm.prank(facilitator);
        uptoProxy.settleWithPermit(approval, permission(address(usd), 100), 40, buyer, witness, signature);
        assertEq(usd.balanceOf(provider), 40);
        assertEq(usd.allowance(buyer, X402.PERMIT2), 60);
    }

    function test_theApprovalIsOfThePermittedAmount() public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), 5, witness);
        EIP2612Permit memory approval = approvalOf(6);
        vm.expectRevert(Permit2Spender.Permit2612AmountMismatch.selector);
        exactProxy.settleWithPermit(approval, permission(address(usd), 5), buyer, witness, signature);

        UptoPermit2Proxy.Witness memory metered = UptoPermit2Proxy.Witness(provider, facilitator, 0);
        vm.prank(facilitator);
        vm.expectRevert(Permit2Spender.Permit2612AmountMismatch.selector);
        uptoProxy.settleWithPermit(approval, permission(address(usd), 5), 5, buyer, metered, signature);
    }

    function test_anApprovalThatFailsIsNotedAndDoesNotMatterIfOneIsThere() public {
        vm.prank(buyer);
        stubborn.approve(X402.PERMIT2, type(uint256).max);
        EIP2612Permit memory approval = EIP2612Permit(5, SOON, 0, 0, 27);
        for (uint256 way = 0; way < 3; ++way) {
            stubborn.refuseIn(way);
            ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, way);
            IPermit2.PermitTransferFrom memory permit = permission(address(stubborn), 5);
            permit.nonce = way;
            bytes memory signature = sign(payerKey, exactDigest(address(stubborn), 5, way, witness));
            vm.expectEmit(X402.EXACT_PROXY);
            if (way == 0) {
                emit Permit2Spender.EIP2612PermitFailedWithReason(address(stubborn), buyer, "no permits");
            } else if (way == 1) {
                emit Permit2Spender.EIP2612PermitFailedWithPanic(address(stubborn), buyer, 1);
            } else {
                bytes memory reason =
                    abi.encodeWithSelector(IERC20Errors.ERC20InvalidApprover.selector, address(stubborn));
                emit Permit2Spender.EIP2612PermitFailedWithData(address(stubborn), buyer, reason);
            }
            exactProxy.settleWithPermit(approval, permit, buyer, witness, signature);
        }
        assertEq(stubborn.balanceOf(provider), 15);
    }

    function test_withoutAnyApprovalNothingIsPaid() public {
        approve(0);
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(provider, 0);
        bytes memory signature = signExact(address(usd), 5, witness);
        EIP2612Permit memory approval = approvalOf(5);
        approval.s = 0;
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, X402.PERMIT2, 0, 5));
        exactProxy.settleWithPermit(approval, permission(address(usd), 5), buyer, witness, signature);
    }

    // ---------------------------------------------------------------- deposits by Permit2

    function test_aDepositByPermit2MovesThePayersMoney() public {
        ChannelConfig memory config = channelOf(buyer, provider, node, address(usd));
        bytes memory data = abi.encode(9, SOON, signDeposit(config, 500, 9), "");
        vm.prank(facilitator);
        channels.deposit(config, 500, X402.PERMIT2_COLLECTOR, data);
        assertEq(usd.balanceOf(buyer), 999_500);
        assertEq(usd.balanceOf(address(channels)), 500);
        (uint128 balance,) = channels.channels(idOf(config));
        assertEq(uint256(balance), 500);

        vm.expectRevert(IPermit2.InvalidNonce.selector);
        channels.deposit(config, 500, X402.PERMIT2_COLLECTOR, data);
    }

    function test_aDepositByPermit2ApprovesItself() public {
        approve(0);
        ChannelConfig memory config = channelOf(buyer, provider, node, address(usd));
        EIP2612Permit memory approval = approvalOf(500);
        bytes memory encoded = abi.encode(approval.value, approval.deadline, approval.v, approval.r, approval.s);
        bytes memory data = abi.encode(9, SOON, signDeposit(config, 500, 9), encoded);
        channels.deposit(config, 500, X402.PERMIT2_COLLECTOR, data);
        assertEq(usd.balanceOf(address(channels)), 500);

        data = abi.encode(10, SOON, signDeposit(config, 499, 10), encoded);
        vm.expectRevert(Permit2Spender.Permit2612AmountMismatch.selector);
        channels.deposit(config, 499, X402.PERMIT2_COLLECTOR, data);
    }

    function test_attack_aPermit2DepositFillsAnotherChannelOrGoesElsewhere() public {
        ChannelConfig memory config = channelOf(buyer, provider, node, address(usd));
        bytes memory signature = signDeposit(config, 500, 9);
        bytes memory data = abi.encode(9, SOON, signature, "");
        ChannelConfig memory own = channelOf(buyer, stranger, stranger, address(usd));
        vm.startPrank(stranger);
        vm.expectRevert(IPermit2.InvalidSigner.selector);
        channels.deposit(own, 500, X402.PERMIT2_COLLECTOR, data);
        vm.expectRevert(DepositCollector.OnlyX402BatchSettlement.selector);
        Permit2DepositCollector(X402.PERMIT2_COLLECTOR).collect(buyer, address(usd), 500, idOf(config), data);
        vm.expectRevert(IPermit2.InvalidSigner.selector);
        permit2.permitTransferFrom(
            IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(address(usd), 500), 9, SOON),
            IPermit2.SignatureTransferDetails(stranger, 500),
            buyer,
            signature
        );
    }

    // ---------------------------------------------------------------- where the code is placed

    /// @dev Their code has no gaps that a constructor would fill: it is placed as it was compiled.
    function test_everyStandInStandsAtItsAddressAndKnowsTheOthers() public {
        assertEq(address(exactProxy.PERMIT2()), X402.PERMIT2);
        assertEq(address(uptoProxy.PERMIT2()), X402.PERMIT2);
        assertEq(address(Permit2DepositCollector(X402.PERMIT2_COLLECTOR).PERMIT2()), X402.PERMIT2);
        assertEq(
            Permit2DepositCollector(X402.PERMIT2_COLLECTOR).DEPOSIT_WITNESS_TYPEHASH(),
            keccak256("DepositWitness(bytes32 channelId)")
        );
        assertEq(X402.EXACT_PROXY, 0x402085c248EeA27D92E8b30b2C58ed07f9E20001);
        assertEq(X402.UPTO_PROXY, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002);
        assertEq(X402.CHANNELS, 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003);
        assertEq(X402.ERC3009_COLLECTOR, 0x4020806089470a89826cB9fB1f4059150b550004);
        assertEq(X402.PERMIT2_COLLECTOR, 0x4020425FAf3B746C082C2f942b4E5159887B0005);
        assertEq(X402.PERMIT2, 0x000000000022D473030F116dDEE9F6B43aC78BA3);
    }

    // ---------------------------------------------------------------- helpers

    function approve(uint256 amount) private {
        vm.prank(buyer);
        usd.approve(X402.PERMIT2, amount);
    }

    function permission(address token, uint256 amount) private pure returns (IPermit2.PermitTransferFrom memory) {
        return IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(token, amount), 1, SOON);
    }

    function approvalOf(uint256 value) private view returns (EIP2612Permit memory approval) {
        bytes32 message = keccak256(abi.encode(PERMIT, buyer, X402.PERMIT2, value, usd.nonces(buyer), SOON));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payerKey, typed(usd.DOMAIN_SEPARATOR(), message));
        return EIP2612Permit(value, SOON, r, s, v);
    }

    function signExact(address token, uint256 amount, ExactPermit2Proxy.Witness memory witness)
        private
        view
        returns (bytes memory)
    {
        return sign(payerKey, exactDigest(token, amount, 1, witness));
    }

    function exactDigest(address token, uint256 amount, uint256 nonce, ExactPermit2Proxy.Witness memory witness)
        private
        view
        returns (bytes32)
    {
        bytes32 hash = keccak256(
            abi.encode(keccak256("Witness(address to,uint256 validAfter)"), witness.to, witness.validAfter)
        );
        return permit2Digest(
            "Witness witness)TokenPermissions(address token,uint256 amount)Witness(address to,uint256 validAfter)",
            hash,
            X402.EXACT_PROXY,
            token,
            amount,
            nonce,
            SOON
        );
    }

    function signUpto(uint256 amount, UptoPermit2Proxy.Witness memory witness) private view returns (bytes memory) {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("Witness(address to,address facilitator,uint256 validAfter)"),
                witness.to,
                witness.facilitator,
                witness.validAfter
            )
        );
        bytes32 digest = permit2Digest(
            "Witness witness)TokenPermissions(address token,uint256 amount)Witness(address to,address facilitator,uint256 validAfter)",
            hash,
            X402.UPTO_PROXY,
            address(usd),
            amount,
            1,
            SOON
        );
        return sign(payerKey, digest);
    }

    function signDeposit(ChannelConfig memory config, uint256 amount, uint256 nonce)
        private
        view
        returns (bytes memory)
    {
        bytes32 hash = keccak256(abi.encode(keccak256("DepositWitness(bytes32 channelId)"), idOf(config)));
        bytes32 digest = permit2Digest(
            "DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)",
            hash,
            X402.PERMIT2_COLLECTOR,
            address(usd),
            amount,
            nonce,
            SOON
        );
        return sign(payerKey, digest);
    }
}
