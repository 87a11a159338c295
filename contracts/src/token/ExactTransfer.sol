// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC3009} from "./IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice A payer's EIP-3009 signature for one call of one of our contracts.
/// @param payer pays, and is whom the call is for
/// @param validAfter last second at which it does not hold yet
/// @param validBefore first second at which it does not hold any more
/// @param salt lets a payer sign the same call several times
/// @param signature over `ReceiveWithAuthorization`, to this contract, with a nonce that covers the whole call
struct Authorization {
    address payer;
    uint256 validAfter;
    uint256 validBefore;
    bytes32 salt;
    bytes signature;
}

/// @title Receives tokens, and refuses those that do not move exactly what they are asked to move
/// @dev The nonce of an authorization is keccak256(abi.encode(chainid, contract, selector, the call's arguments, salt)), so
/// that a copied authorization buys nothing but what its payer signed for.
library ExactTransfer {
    using SafeERC20 for IERC20;

    /// @notice The token moved another amount than it was asked to: it charges fees, or lies.
    error InexactTransfer(address token, uint256 asked, uint256 moved);

    /// @dev Takes `amount` atomic units of `token` out of the allowance of `from`, for this contract.
    function take(IERC20 token, address from, uint256 amount) internal {
        take(token, from, address(this), amount);
    }

    /// @dev Takes `amount` out of the allowance of `from`, straight to `to`.
    function take(IERC20 token, address from, address to, uint256 amount) internal {
        uint256 before = token.balanceOf(to);
        token.safeTransferFrom(from, to, amount);
        _requireRise(token, to, before, amount);
    }

    /// @dev Takes `amount` as authorized, for this contract.
    /// @param nonce covers the chain, this contract, the function, its arguments and the salt
    function take(IERC20 token, Authorization calldata authorization, uint256 amount, bytes32 nonce) internal {
        uint256 before = token.balanceOf(address(this));
        IERC3009(address(token))
            .receiveWithAuthorization(
                authorization.payer,
                address(this),
                amount,
                authorization.validAfter,
                authorization.validBefore,
                nonce,
                authorization.signature
            );
        _requireRise(token, address(this), before, amount);
    }

    function _requireRise(IERC20 token, address to, uint256 before, uint256 amount) private view {
        uint256 balance = token.balanceOf(to);
        if (balance < before || balance - before != amount) {
            revert InexactTransfer(address(token), amount, balance > before ? balance - before : 0);
        }
    }
}
