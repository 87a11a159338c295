// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/interfaces/IERC2612.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title An approval and what it is for, in one transaction
/// @notice `multicall([permit, buy])` needs no allowance beforehand.
abstract contract PermitMulticall is Multicall {
    /// @notice Uses the caller's EIP-2612 signature to set this contract's allowance. A failure is ignored: somebody may
    /// have submitted the signature already, and the call that follows fails by itself if the allowance is too small.
    function permit(IERC20Permit token, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try token.permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
    }
}
