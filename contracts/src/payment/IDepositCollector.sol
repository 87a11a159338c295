// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What moves a deposit into the x402 channel contract
/// @notice A collector knows one way of moving tokens. It is not trusted: the channel contract counts what arrived.
interface IDepositCollector {
    /// @notice Moves exactly `amount` of `token` from `payer` to the channel contract. Only for the channel contract.
    /// @param amount atomic units, at least 1
    /// @param channelId the channel that the payer must have signed this deposit for
    /// @param collectorData the payer's signature, in the collector's own encoding
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata collectorData)
        external;
}
