// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Stand-in for the Multicall3 of public chains
/// @notice Calls contracts one after the other in one transaction. Has of the original what is called by everyone.
contract Multicall3 {
    struct Call {
        address target;
        bytes callData;
    }

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
            results[i] = _call(calls[i].target, calls[i].callData, !calls[i].allowFailure);
        }
    }

    /// @notice The same with one rule for all: with `requireSuccess` none of them may fail.
    function tryAggregate(bool requireSuccess, Call[] calldata calls)
        external
        payable
        returns (Result[] memory results)
    {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            results[i] = _call(calls[i].target, calls[i].callData, requireSuccess);
        }
    }

    function _call(address target, bytes calldata callData, bool requireSuccess)
        private
        returns (Result memory result)
    {
        (result.success, result.returnData) = target.call(callData);
        require(result.success || !requireSuccess, "Multicall3: call failed");
    }
}
