// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What kind of chain this is
library Chains {
    uint256 private constant DEVELOPMENT = 31_337;

    /// @dev Only there may decisions take effect without the delays that give people time to leave.
    function isDevelopment() internal view returns (bool) {
        return block.chainid == DEVELOPMENT;
    }
}
