// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPermit2} from "../src/dev/IPermit2.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {FickleWallet} from "./mocks/Collectors.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// forge-config: default.fuzz.runs = 48
contract DevPermit2Test is MarketTest, CanonicalX402 {
    string private constant WITNESS = "Order order)Order(uint256 number)TokenPermissions(address token,uint256 amount)";
    bytes32 private constant ORDER_HASH = keccak256("an order");
    uint256 private constant SOON = NOW + 60;

    uint256 private payerKey = keyOf("buyer");
    address private spender = account("spender");

    function setUp() public {
        usd.mint(buyer, 1_000_000);
        vm.prank(buyer);
        usd.approve(address(permit2), type(uint256).max);
    }

    // ---------------------------------------------------------------- what is moved

    function testFuzz_thePermissionMovesUpToItsAmountOnce(uint256 amount, uint256 asked, uint256 nonce, bool witnessed)
        public
    {
        amount = bound(amount, 0, 1_000_000);
        asked = bound(asked, 0, 1_000_000);
        bytes memory signature = permitted(payerKey, amount, nonce, SOON, witnessed);
        if (asked > amount) vm.expectRevert(abi.encodeWithSelector(IPermit2.InvalidAmount.selector, amount));
        move(amount, asked, nonce, SOON, buyer, signature, witnessed);
        if (asked > amount) return;

        assertEq(usd.balanceOf(stranger), asked);
        assertEq(permit2.nonceBitmap(buyer, nonce / 256), 1 << (nonce % 256));
        vm.expectRevert(IPermit2.InvalidNonce.selector);
        move(amount, asked, nonce, SOON, buyer, signature, witnessed);
    }

    function testFuzz_thePermissionHoldsToItsDeadline(uint256 deadline) public {
        bytes memory signature = permitted(payerKey, 5, 1, deadline, true);
        if (deadline < NOW) vm.expectRevert(abi.encodeWithSelector(IPermit2.SignatureExpired.selector, deadline));
        move(5, 5, 1, deadline, buyer, signature, true);
    }

    function test_thePermissionIsForItsSpenderTokenAmountNonceDeadlineAndWitness() public {
        bytes memory signature = permitted(payerKey, 5, 1, SOON, true);
        refuses(6, 1, SOON, buyer, signature, true, IPermit2.InvalidSigner.selector);
        refuses(5, 2, SOON, buyer, signature, true, IPermit2.InvalidSigner.selector);
        refuses(5, 1, SOON + 1, buyer, signature, true, IPermit2.InvalidSigner.selector);
        refuses(5, 1, SOON, provider, signature, true, IPermit2.InvalidSigner.selector);
        refuses(5, 1, SOON, buyer, signature, false, IPermit2.InvalidSigner.selector);
        spender = stranger;
        refuses(5, 1, SOON, buyer, signature, true, IPermit2.InvalidSigner.selector);
        spender = account("spender");
        move(5, 5, 1, SOON, buyer, signature, true);
    }

    function test_withoutApprovalOrBalanceNothingMoves() public {
        vm.prank(buyer);
        usd.approve(address(permit2), 4);
        bytes memory signature = permitted(payerKey, 5, 1, SOON, true);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(permit2), 4, 5)
        );
        move(5, 5, 1, SOON, buyer, signature, true);
        assertEq(permit2.nonceBitmap(buyer, 0), 0);
    }

    // ---------------------------------------------------------------- nonces

    function testFuzz_noncesAreUsedInAnyOrder(uint16[] memory nonces) public {
        uint256[] memory words = new uint256[](256);
        for (uint256 i = 0; i < nonces.length && i < 20; ++i) {
            (uint256 word, uint256 bit) = (nonces[i] / 256, 1 << (nonces[i] % 256));
            bytes memory signature = permitted(payerKey, 1, nonces[i], SOON, false);
            if (words[word] & bit != 0) vm.expectRevert(IPermit2.InvalidNonce.selector);
            move(1, 1, nonces[i], SOON, buyer, signature, false);
            words[word] |= bit;
            assertEq(permit2.nonceBitmap(buyer, word), words[word]);
        }
    }

    function testFuzz_anOwnerMakesNoncesUseless(uint8 bit, uint256 mask) public {
        uint256 nonce = 7 * 256 + uint256(bit);
        bytes memory signature = permitted(payerKey, 1, nonce, SOON, false);
        vm.expectEmit(address(permit2));
        emit IPermit2.UnorderedNonceInvalidation(buyer, 7, mask);
        vm.prank(buyer);
        permit2.invalidateUnorderedNonces(7, mask);
        if (mask & (1 << bit) != 0) vm.expectRevert(IPermit2.InvalidNonce.selector);
        move(1, 1, nonce, SOON, buyer, signature, false);
    }

    // ---------------------------------------------------------------- signatures

    function test_onePermissionHasSeveralSignaturesAndOneNonce() public {
        bytes memory signature = permitted(payerKey, 1, 1, SOON, true);
        bytes[3] memory forms = [signature, mirrored(signature), compact(signature)];
        uint256 snapshot = youngVm.snapshotState();
        for (uint256 i = 0; i < forms.length; ++i) {
            move(1, 1, 1, SOON, buyer, forms[i], true);
            assertEq(usd.balanceOf(stranger), 1);
            for (uint256 j = 0; j < forms.length; ++j) {
                refuses(1, 1, SOON, buyer, forms[j], true, IPermit2.InvalidNonce.selector);
            }
            youngVm.revertToState(snapshot);
            snapshot = youngVm.snapshotState();
        }
    }

    function testFuzz_somebodyElsesSignatureIsRefused(uint256 key) public {
        key = bound(key, 1, ORDER - 1);
        vm.assume(key != payerKey);
        refuses(1, 1, SOON, buyer, permitted(key, 1, 1, SOON, true), true, IPermit2.InvalidSigner.selector);
    }

    function test_aMalformedSignatureIsRefused() public {
        bytes memory signature = permitted(payerKey, 1, 1, SOON, true);
        (,, uint8 v) = unpack(signature);
        refuses(1, 1, SOON, buyer, withV(signature, v - 27), true, IPermit2.InvalidSignature.selector);
        refuses(1, 1, SOON, buyer, new bytes(65), true, IPermit2.InvalidSignature.selector);
        refuses(1, 1, SOON, buyer, new bytes(63), true, IPermit2.InvalidSignatureLength.selector);
        refuses(1, 1, SOON, buyer, "", true, IPermit2.InvalidSignatureLength.selector);
        refuses(1, 1, SOON, buyer, bytes.concat(signature, hex"00"), true, IPermit2.InvalidSignatureLength.selector);
    }

    function test_aContractOwnerIsAskedItself() public {
        address wallet = address(new ContractWallet(buyer));
        usd.mint(wallet, 5);
        vm.prank(wallet);
        usd.approve(address(permit2), 5);
        bytes memory wrong = permitted(keyOf("stranger"), 5, 1, SOON, true);
        refuses(5, 1, SOON, wallet, wrong, true, IPermit2.InvalidContractSignature.selector);
        move(5, 5, 1, SOON, wallet, permitted(payerKey, 5, 1, SOON, true), true);
        assertEq(usd.balanceOf(stranger), 5);
    }

    function test_aDelegatedOwnerIsJudgedByItsCode() public {
        FickleWallet code = new FickleWallet();
        vm.etch(buyer, abi.encodePacked(hex"ef0100", address(code)));
        move(5, 5, 1, SOON, buyer, "anything", true);
        assertEq(usd.balanceOf(stranger), 5);
    }

    // ---------------------------------------------------------------- helpers

    function permitted(uint256 key, uint256 amount, uint256 nonce, uint256 deadline, bool witnessed)
        private
        view
        returns (bytes memory)
    {
        string memory witnessType = witnessed ? WITNESS : "";
        return sign(key, permit2Digest(witnessType, ORDER_HASH, spender, address(usd), amount, nonce, deadline));
    }

    function move(
        uint256 amount,
        uint256 asked,
        uint256 nonce,
        uint256 deadline,
        address owner,
        bytes memory signature,
        bool witnessed
    ) private {
        IPermit2.PermitTransferFrom memory permit = IPermit2.PermitTransferFrom(
            IPermit2.TokenPermissions(address(usd), amount), nonce, deadline
        );
        IPermit2.SignatureTransferDetails memory details = IPermit2.SignatureTransferDetails(stranger, asked);
        vm.prank(spender);
        if (witnessed) permit2.permitWitnessTransferFrom(permit, details, owner, ORDER_HASH, WITNESS, signature);
        else permit2.permitTransferFrom(permit, details, owner, signature);
    }

    function refuses(
        uint256 amount,
        uint256 nonce,
        uint256 deadline,
        address owner,
        bytes memory signature,
        bool witnessed,
        bytes4 reason
    ) private {
        vm.expectRevert(reason);
        move(amount, amount, nonce, deadline, owner, signature, witnessed);
    }
}
