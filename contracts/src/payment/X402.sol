// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The addresses of the x402 contracts, the same on every chain
library X402 {
    /// {IPaymentChannels}, the `batch-settlement` contract.
    address internal constant CHANNELS = 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003;
    /// Collects deposits by EIP-3009.
    address internal constant ERC3009_COLLECTOR = 0x4020806089470a89826cB9fB1f4059150b550004;
    /// Collects deposits by Permit2.
    address internal constant PERMIT2_COLLECTOR = 0x4020425FAf3B746C082C2f942b4E5159887B0005;
    /// Settles `exact` payments by Permit2.
    address internal constant EXACT_PROXY = 0x402085c248EeA27D92E8b30b2C58ed07f9E20001;
    /// Settles `upto` payments by Permit2.
    address internal constant UPTO_PROXY = 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002;
    /// Moves any ERC-20 by signature, for whoever approved it once.
    address internal constant PERMIT2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
}
