// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title EIP-3009 for every kind of signer
/// @notice Adds the `bytes signature` overloads that the deployed dollar tokens have, and judges a signature as they
/// do: a signer without code by ECDSA (65 bytes, low `s`, `v` 27 or 28), a signer with code, EIP-7702 accounts
/// included, by ERC-1271.
/// @dev Windows are times in seconds and nothing else; the block-number encoding of the base contract is switched off.
abstract contract ERC3009Signatures is ERC3009 {
    /// @inheritdoc ERC3009
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) public override {
        transferWithAuthorization(from, to, value, validAfter, validBefore, nonce, abi.encodePacked(r, s, v));
    }

    /// @notice Moves `value` from `from` to `to`, as signed by `from`. Anyone may submit it.
    /// @param value atomic units
    /// @param validAfter last second at which the authorization does not hold yet
    /// @param validBefore first second at which it does not hold any more
    /// @param nonce any 32 bytes that `from` has not used before
    /// @param signature of `from` over the EIP-712 type `TransferWithAuthorization`
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature
    ) public virtual {
        bytes32 message = keccak256(
            abi.encode(TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        _requireSignature(from, message, signature);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc ERC3009
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) public override {
        receiveWithAuthorization(from, to, value, validAfter, validBefore, nonce, abi.encodePacked(r, s, v));
    }

    /// @notice As {transferWithAuthorization}, over the type `ReceiveWithAuthorization`; only `to` may submit it, so that
    /// nobody can separate the payment from what the receiver does for it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature
    ) public virtual {
        if (to != _msgSender()) revert ERC20InvalidReceiver(to);
        bytes32 message =
            keccak256(abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce));
        _requireSignature(from, message, signature);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc ERC3009
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) public override {
        cancelAuthorization(authorizer, nonce, abi.encodePacked(r, s, v));
    }

    /// @notice Makes an unused authorization void, as signed by its `authorizer`. Anyone may submit it.
    /// @param signature of `authorizer` over the EIP-712 type `CancelAuthorization`
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes memory signature) public virtual {
        _requireSignature(
            authorizer, keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)), signature
        );
        _cancelAuthorization(authorizer, nonce);
    }

    /// @dev Strict on both sides: `validAfter` < now < `validBefore`.
    function _checkValidity(uint256 validAfter, uint256 validBefore) internal view override {
        if (block.timestamp <= validAfter || block.timestamp >= validBefore) {
            revert ERC3009InvalidAuthorizationTime(validAfter, validBefore);
        }
    }

    function _requireSignature(address signer, bytes32 message, bytes memory signature) private view {
        if (!SignatureChecker.isValidSignatureNow(signer, _hashTypedDataV4(message), signature)) {
            revert ERC3009InvalidSignature();
        }
    }
}
