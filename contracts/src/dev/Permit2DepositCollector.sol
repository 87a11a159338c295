// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositCollector} from "../payment/IDepositCollector.sol";
import {X402} from "../payment/X402.sol";
import {DepositCollector} from "./DepositCollector.sol";
import {IPermit2} from "./IPermit2.sol";
import {EIP2612Permit, Permit2Spender} from "./Permit2Spender.sol";

/// @title Stand-in for the Permit2 deposit collector of x402 on development chains
/// @notice The payer signs a Permit2 permission for this contract, with the channel as its witness.
contract Permit2DepositCollector is DepositCollector, Permit2Spender {
    /// @notice The end of the EIP-712 type that payers sign, as Permit2 wants it.
    string public constant DEPOSIT_WITNESS_TYPE_STRING =
        "DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)";

    /// @notice EIP-712 type hash of the witness.
    bytes32 public constant DEPOSIT_WITNESS_TYPEHASH = keccak256("DepositWitness(bytes32 channelId)");

    /// @inheritdoc IDepositCollector
    /// @dev `collectorData` is abi.encode(nonce, deadline, signature, approval). `approval` is empty, or
    /// abi.encode(value, deadline, v, r, s) of an EIP-2612 approval of Permit2, which is tried first.
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata collectorData)
        external
        onlyChannels
    {
        (uint256 nonce, uint256 deadline, bytes memory signature, bytes memory approval) =
            abi.decode(collectorData, (uint256, uint256, bytes, bytes));
        if (approval.length > 0) _approvePermit2(token, payer, amount, _decode(approval));
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(token, amount), nonce, deadline),
            IPermit2.SignatureTransferDetails(X402.CHANNELS, amount),
            payer,
            keccak256(abi.encode(DEPOSIT_WITNESS_TYPEHASH, channelId)),
            DEPOSIT_WITNESS_TYPE_STRING,
            signature
        );
    }

    function _decode(bytes memory approval) private pure returns (EIP2612Permit memory decoded) {
        (decoded.value, decoded.deadline, decoded.v, decoded.r, decoded.s) =
            abi.decode(approval, (uint256, uint256, uint8, bytes32, bytes32));
    }
}
