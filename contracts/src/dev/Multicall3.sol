// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Stand-in for the Multicall3 of public chains
/// @notice Calls contracts one after the other in one transaction. Has of the original what is called by everyone.
contract Multicall3 {
    /// @param allowFailure whether the others are made even if this one fails
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    /// @notice Makes `calls` in their order, as this contract.
    /// @return results one for each call; where it failed, with the data of its revert
    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            Result memory result = results[i];
            (result.success, result.returnData) = calls[i].target.call(calls[i].callData);
            require(result.success || calls[i].allowFailure, "Multicall3: call failed");
        }
    }
}
