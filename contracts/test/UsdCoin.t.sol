// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UsdCoin} from "../src/dev/UsdCoin.sol";
import {Test, bound} from "./base/Test.sol";
import {ContractWallet, IShopToken, Shop} from "./mocks/Accounts.sol";
import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

contract UsdCoinTest is Test {
    bytes32 private constant TRANSFER = 0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267;
    bytes32 private constant RECEIVE = 0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8;
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant NONCE = bytes32(uint256(0x4020));
    uint256 private constant SOON = NOW + 60;

    address private payer = account("payer");
    address private payee = account("payee");
    address private relay = account("relay");
    UsdCoin private usd = new UsdCoin(address(this));

    function setUp() public {
        usd.mint(payer, 1_000);
    }

    // ---------------------------------------------------------------- identity

    function test_itLooksLikeTheDollarTokenItStandsFor() public {
        assertEq(usd.name(), "USD Coin");
        assertEq(usd.symbol(), "USDC");
        assertEq(usd.version(), "2");
        assertEq(uint256(usd.decimals()), 6);
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = usd.eip712Domain();
        assertEq(name, "USD Coin");
        assertEq(version, "2");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(usd));
    }

    function test_selectorsAreThoseThatClientsCall() public {
        bytes memory signature = signTransfer("payer", payer, 1, 0, SOON, NONCE);
        (uint8 v, bytes32 r, bytes32 s) = unpack(signature);
        accepts(abi.encodeWithSelector(0xe3ee160e, payer, payee, 1, 0, SOON, NONCE, v, r, s));
        accepts(abi.encodeWithSelector(0xe94a0102, payer, NONCE));

        bytes32 next = bytes32(uint256(NONCE) + 1);
        signature = signTransfer("payer", payer, 1, 0, SOON, next);
        accepts(abi.encodeWithSelector(0xcf092995, payer, payee, 1, 0, SOON, next, signature));

        next = bytes32(uint256(NONCE) + 2);
        signature = signReceive(payee, 1, next);
        vm.prank(payee);
        accepts(abi.encodeWithSelector(0x88b7ab63, payer, payee, 1, 0, SOON, next, signature));
        assertEq(usd.balanceOf(payee), 3);
    }

    function test_onlyTheMinterMints() public {
        vm.prank(relay);
        vm.expectRevert(abi.encodeWithSelector(UsdCoin.NotMinter.selector, relay));
        usd.mint(relay, 1);
    }

    // ---------------------------------------------------------------- the shared vector

    function test_digestAndSignatureOfTheSharedVectorHold() public {
        require(block.chainid == 31_337, "the vector belongs to this chain");
        UsdCoin asset = UsdCoin(0x5FbDB2315678afecb367f032d93F642f64180aa3);
        vm.etch(address(asset), address(usd).code);
        address signer = 0x90F79bf6EB2c4f870365E785982E1f101E93b906;
        address payTo = 0x2000000000000000000000000000000000004020;
        bytes32 nonce = 0x1111111111111111111111111111111111111111111111111111111111111111;
        bytes memory signature = hex"2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5"
            hex"143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a1c";

        bytes32 message = keccak256(abi.encode(TRANSFER, signer, payTo, 1_000, 0, 2_000_000_000, nonce));
        assertEq(digest(asset, message), bytes32(0x63be6ccc843c7b73fc01ed8a5221353373b00f3ee6811b0b5fd8e6e4d06afa45));

        asset.mint(signer, 1_000);
        asset.transferWithAuthorization(signer, payTo, 1_000, 0, 2_000_000_000, nonce, signature);
        assertEq(asset.balanceOf(payTo), 1_000);
    }

    // ---------------------------------------------------------------- transferWithAuthorization

    function testFuzz_anAuthorizationMovesExactlyItsValueOnce(uint256 value, bytes32 nonce, bool packed) public {
        value = bound(value, 0, 1_000);
        bytes memory signature = signTransfer("payer", payer, value, 0, SOON, nonce);
        assertFalse(usd.authorizationState(payer, nonce));

        vm.expectEmit(address(usd));
        emit IERC3009.AuthorizationUsed(payer, nonce);
        submitTransfer(value, 0, SOON, nonce, signature, packed);

        assertEq(usd.balanceOf(payee), value);
        assertEq(usd.balanceOf(payer), 1_000 - value);
        assertTrue(usd.authorizationState(payer, nonce));

        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, nonce));
        submitTransfer(value, 0, SOON, nonce, signature, !packed);
    }

    function testFuzz_anAuthorizationHoldsStrictlyInsideItsWindow(uint256 validAfter, uint256 validBefore) public {
        bytes memory signature = signTransfer("payer", payer, 1, validAfter, validBefore, NONCE);
        if (!(validAfter < NOW && NOW < validBefore)) expectOutsideWindow(validAfter, validBefore);
        submitTransfer(1, validAfter, validBefore, NONCE, signature, true);
    }

    function test_theFirstAndTheLastSecondAreOutsideTheWindow() public {
        bytes memory signature = signTransfer("payer", payer, 1, NOW, NOW + 2, NONCE);
        expectOutsideWindow(NOW, NOW + 2);
        submitTransfer(1, NOW, NOW + 2, NONCE, signature, true);

        vm.warp(NOW + 2);
        expectOutsideWindow(NOW, NOW + 2);
        submitTransfer(1, NOW, NOW + 2, NONCE, signature, true);

        vm.warp(NOW + 1);
        submitTransfer(1, NOW, NOW + 2, NONCE, signature, true);
    }

    function test_windowsAreNeverBlockNumbers() public {
        uint256 flag = 1 << 47;
        bytes memory signature = signTransfer("payer", payer, 1, flag, flag | 1_000_000, NONCE);
        expectOutsideWindow(flag, flag | 1_000_000);
        submitTransfer(1, flag, flag | 1_000_000, NONCE, signature, true);
    }

    function testFuzz_whatWasNotSignedDoesNotHold(uint256 value, address to, uint256 validBefore, bytes32 nonce)
        public
    {
        vm.assume(to != address(0));
        vm.assume(value != 1 || to != payee || validBefore != SOON || nonce != NONCE);
        bytes memory signature = signTransfer("payer", payer, 1, 0, SOON, NONCE);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(payer, to, value, 0, validBefore, nonce, signature);
    }

    function test_aStrangersSignatureDoesNotHold() public {
        bytes memory signature = signTransfer("relay", payer, 1, 0, SOON, NONCE);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        submitTransfer(1, 0, SOON, NONCE, signature, false);
    }

    function test_nobodyPaysForTheZeroAddress() public {
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(
            address(0), payee, 0, 0, SOON, NONCE, 27, bytes32(uint256(1)), bytes32(uint256(1))
        );
    }

    function test_attack_malleableSignature() public {
        (uint8 v, bytes32 r, bytes32 s) = signed("payer", transferMessage(payer, 1, 0, SOON, NONCE));
        bytes32 highS = bytes32(ORDER - uint256(s));
        uint8 otherV = v == 27 ? 28 : 27;
        refuses(abi.encodePacked(r, highS, otherV));
        refuses(abi.encodePacked(r, s, v - 27));
        refuses(abi.encodePacked(r, s, v + 8));
        refuses(abi.encodePacked(r, s));
        refuses(abi.encodePacked(r, s, v, uint8(0)));
        refuses(abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255)));
        refuses("");
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(payer, payee, 1, 0, SOON, NONCE, otherV, r, highS);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(payer, payee, 1, 0, SOON, NONCE, v - 27, r, s);
    }

    function test_aContractWalletPaysByErc1271() public {
        address wallet = address(new ContractWallet(payer));
        usd.mint(wallet, 5);
        bytes memory signature = signTransfer("payer", wallet, 5, 0, SOON, NONCE);
        usd.transferWithAuthorization(wallet, payee, 5, 0, SOON, NONCE, signature);
        assertEq(usd.balanceOf(payee), 5);

        signature = signTransfer("relay", wallet, 0, 0, SOON, bytes32(0));
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(wallet, payee, 0, 0, SOON, bytes32(0), signature);
    }

    function test_anAccountWithDelegatedCodeIsJudgedByThatCode() public {
        address guardian = account("guardian");
        vm.etch(payer, abi.encodePacked(hex"ef0100", address(new ContractWallet(guardian))));

        bytes memory own = signTransfer("payer", payer, 1, 0, SOON, NONCE);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        submitTransfer(1, 0, SOON, NONCE, own, false);

        submitTransfer(1, 0, SOON, NONCE, signTransfer("guardian", payer, 1, 0, SOON, NONCE), false);
        assertEq(usd.balanceOf(payee), 1);
    }

    // ---------------------------------------------------------------- receiveWithAuthorization

    function testFuzz_onlyTheReceiverSubmitsAReceiveAuthorization(address caller, bool packed) public {
        vm.assume(caller != payee && caller != address(VM_ADDRESS));
        bytes memory signature = signReceive(payee, 7, NONCE);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, payee));
        usd.receiveWithAuthorization(payer, payee, 7, 0, SOON, NONCE, signature);

        vm.prank(payee);
        if (packed) {
            usd.receiveWithAuthorization(payer, payee, 7, 0, SOON, NONCE, signature);
        } else {
            (uint8 v, bytes32 r, bytes32 s) = unpack(signature);
            usd.receiveWithAuthorization(payer, payee, 7, 0, SOON, NONCE, v, r, s);
        }
        assertEq(usd.balanceOf(payee), 7);
    }

    function test_aTransferAuthorizationIsNoReceiveAuthorization() public {
        bytes memory signature = signTransfer("payer", payer, 1, 0, SOON, NONCE);
        vm.prank(payee);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.receiveWithAuthorization(payer, payee, 1, 0, SOON, NONCE, signature);

        signature = signReceive(payee, 1, NONCE);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        submitTransfer(1, 0, SOON, NONCE, signature, false);
    }

    function test_attack_copiedAuthorizationOnReceiveWithAuthorization() public {
        Shop shop = new Shop(IShopToken(address(usd)));
        bytes memory signature = signReceive(address(shop), 9, shop.nonceOf(payer, 9, "salt"));
        Shop.Authorization memory seen = Shop.Authorization(payer, 9, SOON, "salt", signature);

        vm.prank(relay);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        shop.buy(relay, seen);

        bytes32 nonce = shop.nonceOf(payer, 9, "salt");
        vm.prank(relay);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(shop)));
        usd.receiveWithAuthorization(payer, address(shop), 9, 0, SOON, nonce, signature);

        vm.prank(relay);
        shop.buy(payer, seen);
        assertEq(shop.bought(payer), 9);
        assertEq(shop.bought(relay), 0);
    }

    // ---------------------------------------------------------------- cancelAuthorization

    function testFuzz_aCancelledAuthorizationIsVoid(bytes32 nonce, bool packed) public {
        bytes memory payment = signTransfer("payer", payer, 1, 0, SOON, nonce);
        bytes memory signature = sign("payer", keccak256(abi.encode(CANCEL, payer, nonce)));

        vm.expectEmit(address(usd));
        emit IERC3009Cancel.AuthorizationCanceled(payer, nonce);
        if (packed) {
            usd.cancelAuthorization(payer, nonce, signature);
        } else {
            (uint8 v, bytes32 r, bytes32 s) = unpack(signature);
            usd.cancelAuthorization(payer, nonce, v, r, s);
        }
        assertTrue(usd.authorizationState(payer, nonce));

        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, nonce));
        submitTransfer(1, 0, SOON, nonce, payment, packed);
    }

    function test_aUsedAuthorizationCannotBeCancelled() public {
        submitTransfer(1, 0, SOON, NONCE, signTransfer("payer", payer, 1, 0, SOON, NONCE), true);
        bytes memory signature = sign("payer", keccak256(abi.encode(CANCEL, payer, NONCE)));
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, NONCE));
        usd.cancelAuthorization(payer, NONCE, signature);
    }

    function test_onlyTheAuthorizerCancels() public {
        bytes memory signature = sign("relay", keccak256(abi.encode(CANCEL, payer, NONCE)));
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.cancelAuthorization(payer, NONCE, signature);
    }

    // ---------------------------------------------------------------- permit

    function testFuzz_aPermitSetsTheAllowanceOnce(uint256 value, uint256 deadline) public {
        deadline = bound(deadline, NOW, type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) =
            signed("payer", keccak256(abi.encode(PERMIT, payer, relay, value, 0, deadline)));
        usd.permit(payer, relay, value, deadline, v, r, s);
        assertEq(usd.allowance(payer, relay), value);
        assertEq(usd.nonces(payer), 1);

        vm.expectRevert();
        usd.permit(payer, relay, value, deadline, v, r, s);
    }

    function test_aLatePermitFails() public {
        (uint8 v, bytes32 r, bytes32 s) = signed("payer", keccak256(abi.encode(PERMIT, payer, relay, 1, 0, NOW - 1)));
        vm.expectRevert(abi.encodeWithSelector(UsdCoin.PermitExpired.selector, NOW - 1));
        usd.permit(payer, relay, 1, NOW - 1, v, r, s);
    }

    function test_aStrangersPermitFails() public {
        (uint8 v, bytes32 r, bytes32 s) = signed("relay", keccak256(abi.encode(PERMIT, payer, relay, 1, 0, SOON)));
        vm.expectRevert(abi.encodeWithSelector(UsdCoin.PermitNotSignedByOwner.selector, relay, payer));
        usd.permit(payer, relay, 1, SOON, v, r, s);
    }

    function test_attack_malleablePermit() public {
        (uint8 v, bytes32 r, bytes32 s) = signed("payer", keccak256(abi.encode(PERMIT, payer, relay, 1, 0, SOON)));
        bytes32 highS = bytes32(ORDER - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
        usd.permit(payer, relay, 1, SOON, v == 27 ? 28 : 27, r, highS);
    }

    // ---------------------------------------------------------------- helpers

    function refuses(bytes memory signature) private {
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        usd.transferWithAuthorization(payer, payee, 1, 0, SOON, NONCE, signature);
    }

    function expectOutsideWindow(uint256 validAfter, uint256 validBefore) private {
        vm.expectRevert(
            abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, validAfter, validBefore)
        );
    }

    function submitTransfer(
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature,
        bool packed
    ) private {
        (uint8 v, bytes32 r, bytes32 s) = unpack(signature);
        vm.prank(relay);
        if (packed) {
            usd.transferWithAuthorization(payer, payee, value, validAfter, validBefore, nonce, signature);
        } else {
            usd.transferWithAuthorization(payer, payee, value, validAfter, validBefore, nonce, v, r, s);
        }
    }

    function signTransfer(
        string memory signer,
        address from,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) private view returns (bytes memory) {
        return sign(signer, transferMessage(from, value, validAfter, validBefore, nonce));
    }

    function signReceive(address to, uint256 value, bytes32 nonce) private view returns (bytes memory) {
        return sign("payer", keccak256(abi.encode(RECEIVE, payer, to, value, 0, SOON, nonce)));
    }

    function transferMessage(address from, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce)
        private
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(TRANSFER, from, payee, value, validAfter, validBefore, nonce));
    }

    function sign(string memory signer, bytes32 message) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = signed(signer, message);
        return abi.encodePacked(r, s, v);
    }

    function signed(string memory signer, bytes32 message) private view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(keyOf(signer), digest(usd, message));
    }

    function digest(UsdCoin token, bytes32 message) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message));
    }

    function unpack(bytes memory signature) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }

    function accepts(bytes memory call) private {
        (bool success,) = address(usd).call(call);
        assertTrue(success);
    }
}
