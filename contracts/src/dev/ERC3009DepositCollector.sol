// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositCollector} from "../payment/IDepositCollector.sol";
import {X402} from "../payment/X402.sol";
import {IERC3009} from "../token/IERC3009.sol";
import {DepositCollector} from "./DepositCollector.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Stand-in for the EIP-3009 deposit collector of x402 on development chains
/// @notice The payer signs `ReceiveWithAuthorization` to this contract, under a nonce that names the channel: a copied
/// authorization can fill no other.
contract ERC3009DepositCollector is DepositCollector {
    using SafeERC20 for IERC20;

    /// @inheritdoc IDepositCollector
    /// @dev `collectorData` is abi.encode(validAfter, validBefore, salt, signature); the nonce that is signed is
    /// keccak256(abi.encode(channelId, salt)).
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata collectorData)
        external
        onlyChannels
    {
        (uint256 validAfter, uint256 validBefore, uint256 salt, bytes memory signature) =
            abi.decode(collectorData, (uint256, uint256, uint256, bytes));
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        IERC3009(token)
            .receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        IERC20(token).safeTransfer(X402.CHANNELS, amount);
    }
}
