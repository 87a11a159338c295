// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MarketToken} from "../src/token/MarketToken.sol";
import {Test, bound} from "./base/Test.sol";
import {ContractWallet, IShopToken, Shop} from "./mocks/Accounts.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @dev The signatures and windows of EIP-3009 are those of the test dollars, and tested there; here is what is this token's.
contract MarketTokenTest is Test {
    bytes32 private constant TRANSFER = 0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267;
    bytes32 private constant RECEIVE = 0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8;
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant SUPPLY = 1_000_000_000e18;
    uint256 private constant SOON = NOW + 60;

    address private holder = account("holder");
    address private payee = account("payee");
    address private relay = account("relay");
    MarketToken private token = new MarketToken(holder);

    // ---------------------------------------------------------------- identity

    function test_itSaysWhatItIs() public {
        assertEq(token.name(), "Stoa");
        assertEq(token.symbol(), "STOA");
        assertEq(token.version(), "1");
        assertEq(uint256(token.decimals()), 18);
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = token.eip712Domain();
        assertEq(name, "Stoa");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(token));
        assertEq(token.DOMAIN_SEPARATOR(), domain(address(token), block.chainid));
    }

    function test_theHolderHasAllThereWillEverBe() public {
        assertEq(token.totalSupply(), SUPPLY);
        assertEq(token.balanceOf(holder), SUPPLY);
    }

    function test_thereIsNoWayToMakeMore() public {
        string[4] memory guesses = ["mint(address,uint256)", "mint(uint256)", "owner()", "transferOwnership(address)"];
        for (uint256 i = 0; i < guesses.length; ++i) {
            vm.prank(holder);
            (bool success,) =
                address(token).call(abi.encodeWithSelector(bytes4(keccak256(bytes(guesses[i]))), holder, 1));
            assertFalse(success);
        }
    }

    // ---------------------------------------------------------------- transfers and burning

    function testFuzz_transfersKeepTheSumAndTheSupply(uint256 amount) public {
        amount = bound(amount, 0, SUPPLY);
        vm.prank(holder);
        token.transfer(payee, amount);
        assertEq(token.balanceOf(payee), amount);
        assertEq(token.balanceOf(holder), SUPPLY - amount);
        assertEq(token.totalSupply(), SUPPLY);
    }

    function testFuzz_burningLowersTheSupply(uint256 own, uint256 allowed) public {
        own = bound(own, 0, SUPPLY);
        allowed = bound(allowed, 0, SUPPLY - own);
        vm.startPrank(holder);
        token.burn(own);
        token.approve(relay, allowed);
        vm.stopPrank();
        vm.prank(relay);
        token.burnFrom(holder, allowed);
        assertEq(token.totalSupply(), SUPPLY - own - allowed);
        assertEq(token.balanceOf(holder), SUPPLY - own - allowed);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, relay, 0, 1));
        vm.prank(relay);
        token.burnFrom(holder, 1);
    }

    // ---------------------------------------------------------------- permit

    function testFuzz_aPermitAllowsOnce(uint256 value) public {
        (uint8 v, bytes32 r, bytes32 s) =
            sign("holder", keccak256(abi.encode(PERMIT, holder, relay, value, 0, NOW)), address(token), block.chainid);
        token.permit(holder, relay, value, NOW, v, r, s);
        assertEq(token.allowance(holder, relay), value);
        assertEq(token.nonces(holder), 1);

        vm.expectRevert();
        token.permit(holder, relay, value, NOW, v, r, s);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, NOW));
        token.permit(holder, relay, value, NOW, v, r, s);
    }

    // ---------------------------------------------------------------- EIP-3009

    function testFuzz_aCopiedAuthorizationMovesNothingTwice(uint256 value, bytes32 nonce) public {
        value = bound(value, 0, SUPPLY / 2);
        bytes memory signature = signTransfer(value, nonce);
        token.transferWithAuthorization(holder, payee, value, 0, SOON, nonce, signature);
        assertEq(token.balanceOf(payee), value);
        assertTrue(token.authorizationState(holder, nonce));

        bytes memory used = abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, holder, nonce);
        vm.expectRevert(used);
        token.transferWithAuthorization(holder, payee, value, 0, SOON, nonce, signature);
        (uint8 v, bytes32 r, bytes32 s) = unpack(signature);
        vm.expectRevert(used);
        token.transferWithAuthorization(holder, payee, value, 0, SOON, nonce, v, r, s);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        vm.prank(payee);
        token.receiveWithAuthorization(holder, payee, value, 0, SOON, nonce, signature);
        assertEq(token.balanceOf(payee), value);
    }

    function test_nonceOfAPermitAndOfAnAuthorizationAreApart() public {
        token.transferWithAuthorization(holder, payee, 1, 0, SOON, 0, signTransfer(1, 0));
        assertEq(token.nonces(holder), 0);
        testFuzz_aPermitAllowsOnce(1);
    }

    function testFuzz_anAuthorizationHoldsForNothingElse(uint256 value, address to, bytes32 nonce) public {
        bytes memory signature = signTransfer(1, "nonce");
        if (value != 1 || to != payee || nonce != "nonce") {
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        }
        token.transferWithAuthorization(holder, to, value, 0, SOON, nonce, signature);
    }

    function test_attack_authorizationFromAnotherTokenOrChain() public {
        bytes32 message = keccak256(abi.encode(TRANSFER, holder, payee, 1, 0, SOON, bytes32("nonce")));
        (uint8 v, bytes32 r, bytes32 s) = sign("holder", message, address(this), block.chainid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.transferWithAuthorization(holder, payee, 1, 0, SOON, "nonce", v, r, s);
        (v, r, s) = sign("holder", message, address(token), block.chainid + 1);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.transferWithAuthorization(holder, payee, 1, 0, SOON, "nonce", v, r, s);
    }

    function test_attack_malleableOrTruncatedSignature() public {
        (uint8 v, bytes32 r, bytes32 s) = unpack(signTransfer(1, "nonce"));
        bytes[3] memory bad;
        bad[0] = abi.encodePacked(r, ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
        bad[1] = abi.encodePacked(r, s);
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            token.transferWithAuthorization(holder, payee, 1, 0, SOON, "nonce", bad[i]);
        }
    }

    function test_onlyTheReceiverSeparatesAPaymentFromWhatItIsFor() public {
        Shop shop = new Shop(IShopToken(address(token)));
        bytes32 nonce = shop.nonceOf(holder, 5, "salt");
        bytes32 message = keccak256(abi.encode(RECEIVE, holder, address(shop), 5, 0, SOON, nonce));
        (uint8 v, bytes32 r, bytes32 s) = sign("holder", message, address(token), block.chainid);
        Shop.Authorization memory paid = Shop.Authorization(holder, 5, SOON, "salt", abi.encodePacked(r, s, v));

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(shop)));
        vm.prank(relay);
        token.receiveWithAuthorization(holder, address(shop), 5, 0, SOON, nonce, paid.signature);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        shop.buy(relay, paid);
        shop.buy(holder, paid);
        assertEq(shop.bought(holder), 5);
    }

    function test_aCancelledAuthorizationIsVoid() public {
        bytes32 message = keccak256(abi.encode(CANCEL, holder, bytes32("nonce")));
        (uint8 v, bytes32 r, bytes32 s) = sign("holder", message, address(token), block.chainid);
        token.cancelAuthorization(holder, "nonce", abi.encodePacked(r, s, v));
        bytes memory signature = signTransfer(1, "nonce");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, holder, bytes32("nonce")));
        token.transferWithAuthorization(holder, payee, 1, 0, SOON, "nonce", signature);
    }

    function test_contractWalletsAndAccountsWithDelegatedCodePay() public {
        address wallet = address(new ContractWallet(relay));
        address delegated = account("delegated");
        vm.etch(delegated, abi.encodePacked(hex"ef0100", wallet));
        address[2] memory payers = [wallet, delegated];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(holder);
            token.transfer(payers[i], 1);
            bytes32 message = keccak256(abi.encode(TRANSFER, payers[i], payee, 1, 0, SOON, bytes32("nonce")));
            (uint8 v, bytes32 r, bytes32 s) = sign("relay", message, address(token), block.chainid);
            token.transferWithAuthorization(payers[i], payee, 1, 0, SOON, "nonce", abi.encodePacked(r, s, v));
        }
        assertEq(token.balanceOf(payee), 2);
    }

    // ---------------------------------------------------------------- helpers

    function signTransfer(uint256 value, bytes32 nonce) private view returns (bytes memory) {
        bytes32 message = keccak256(abi.encode(TRANSFER, holder, payee, value, 0, SOON, nonce));
        (uint8 v, bytes32 r, bytes32 s) = sign("holder", message, address(token), block.chainid);
        return abi.encodePacked(r, s, v);
    }

    function sign(string memory signer, bytes32 message, address verifier, uint256 chainId)
        private
        pure
        returns (uint8, bytes32, bytes32)
    {
        return vm.sign(keyOf(signer), keccak256(abi.encodePacked(hex"1901", domain(verifier, chainId), message)));
    }

    function domain(address verifier, uint256 chainId) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
    }

    function unpack(bytes memory signature) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }
}
