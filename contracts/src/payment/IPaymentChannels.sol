// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The terms of one x402 `batch-settlement` channel; its EIP-712 digest is the channel's id.
/// @param payer funds the channel
/// @param payerAuthorizer signs vouchers; zero means the payer itself, by ERC-1271
/// @param receiver earns the claimed sum
/// @param receiverAuthorizer signs claims and refunds for the receiver
/// @param token the ERC-20 that is paid
/// @param withdrawDelay seconds between the payer's notice and its exit
/// @param salt lets one payer hold several channels on the same terms
struct ChannelConfig {
    address payer;
    address payerAuthorizer;
    address receiver;
    address receiverAuthorizer;
    address token;
    uint40 withdrawDelay;
    bytes32 salt;
}

/// @notice The payer's promise: up to `maxClaimableAmount` atomic units in all may be claimed from the channel.
struct Voucher {
    ChannelConfig channel;
    uint128 maxClaimableAmount;
}

/// @notice A signed voucher and the cumulative amount that the receiver takes under it.
struct VoucherClaim {
    Voucher voucher;
    bytes signature;
    uint128 totalClaimed;
}

/// @title What a receiver needs of the x402 `batch-settlement` contract
interface IPaymentChannels {
    /// @notice Records what the receiver has earned. Moves no token; rows that are already recorded are skipped.
    /// @dev Only for the receiver or its authorizer of every row; one bad row reverts all of them.
    function claim(VoucherClaim[] calldata voucherClaims) external;
}
