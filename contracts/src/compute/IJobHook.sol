// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ERC-8183: what a job can call before and after each of its steps
/// @notice `data` is abi.encode(provider, optParams) for `setProvider`, (amount, optParams) for `setBudget`,
/// (deliverable, optParams) for `submit`, (reason, optParams) for `complete` and `reject`, and `optParams` itself for
/// `fund`.
interface IJobHook {
    /// @notice The step `selector` of the job is about to be taken.
    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external;

    /// @notice The step `selector` of the job was taken, and the tokens that belong to it have moved.
    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external;
}
