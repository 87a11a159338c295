// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositCollector} from "../payment/IDepositCollector.sol";
import {X402} from "../payment/X402.sol";

/// @title What the development stand-ins for the x402 deposit collectors share
abstract contract DepositCollector is IDepositCollector {
    /// @notice Only the channel contract may collect.
    error OnlyX402BatchSettlement();

    modifier onlyChannels() {
        if (msg.sender != X402.CHANNELS) revert OnlyX402BatchSettlement();
        _;
    }
}
