// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What every contract with parameters of the DAO says when one changes
interface IParameters {
    /// @notice The parameter `key`, a short name in ASCII, is `newValue` from now on.
    event ParameterChanged(bytes32 indexed key, uint256 oldValue, uint256 newValue);

    /// @notice A parameter must stay within bounds that no vote can move.
    error ParameterOutOfBounds(bytes32 key, uint256 value, uint256 min, uint256 max);
}
