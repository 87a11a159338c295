// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPermit2} from "./IPermit2.sol";
import {Permit2Spender} from "./Permit2Spender.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title What the development stand-ins for the x402 settlement proxies share
/// @notice A proxy is the spender that payers sign for. It pays whom they signed as the witness, and nobody else.
abstract contract Permit2Proxy is Permit2Spender, ReentrancyGuardTransient {
    /// @notice A payment was made on an existing approval of Permit2.
    event Settled();

    /// @notice A payment was made, and an approval of Permit2 tried before it.
    event SettledWithPermit();

    /// @notice The amount is zero.
    error InvalidAmount();

    /// @notice The payer is zero.
    error InvalidOwner();

    /// @notice The receiver is zero.
    error InvalidDestination();

    /// @notice The payment is not due yet.
    error PaymentTooEarly();

    function _pay(
        IPermit2.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        address to,
        uint256 validAfter,
        bytes32 witness,
        string memory witnessType,
        bytes calldata signature
    ) internal {
        if (amount == 0) revert InvalidAmount();
        if (owner == address(0)) revert InvalidOwner();
        if (to == address(0)) revert InvalidDestination();
        if (block.timestamp < validAfter) revert PaymentTooEarly();
        IPermit2.SignatureTransferDetails memory details = IPermit2.SignatureTransferDetails(to, amount);
        PERMIT2.permitWitnessTransferFrom(permit, details, owner, witness, witnessType, signature);
    }
}
