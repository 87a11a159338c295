// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the court, as the evaluator of jobs, needs of the contract that holds them
interface IEvaluable {
    /// @notice Who ordered and paid for the job. Reverts if there is no such job.
    function clientOf(uint256 jobId) external view returns (address);

    /// @notice From when on (seconds) anyone may have the job accepted in the client's place: the end of the acceptance
    /// window after the submission. The greatest possible time while nothing is submitted, while a dispute is held, and
    /// once the job has ended.
    function acceptableFrom(uint256 jobId) external view returns (uint48);

    /// @notice Completes a submitted job and pays its provider (ERC-8183). Only for the job's evaluator.
    /// @param reason why, in 32 bytes of ASCII
    /// @param optParams nothing
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;
}
