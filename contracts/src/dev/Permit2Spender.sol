// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {X402} from "../payment/X402.sol";
import {IPermit2} from "./IPermit2.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @notice An owner's EIP-2612 approval of Permit2.
/// @param value atomic units, as many as the Permit2 signature permits
struct EIP2612Permit {
    uint256 value;
    uint256 deadline;
    bytes32 r;
    bytes32 s;
    uint8 v;
}

/// @title What the development stand-ins that spend by Permit2 share
abstract contract Permit2Spender {
    /// @notice Moves the tokens.
    IPermit2 public constant PERMIT2 = IPermit2(X402.PERMIT2);

    /// @notice The token refused the approval with words.
    event EIP2612PermitFailedWithReason(address indexed token, address indexed owner, string reason);

    /// @notice The token refused the approval with a panic.
    event EIP2612PermitFailedWithPanic(address indexed token, address indexed owner, uint256 errorCode);

    /// @notice The token refused the approval with any other data.
    event EIP2612PermitFailedWithData(address indexed token, address indexed owner, bytes data);

    /// @notice The approval is not for what the Permit2 signature permits.
    error Permit2612AmountMismatch();

    /// @dev Tries the approval. Goes on without it, because Permit2 may be approved already.
    function _approvePermit2(address token, address owner, uint256 amount, EIP2612Permit memory approval) internal {
        if (approval.value != amount) revert Permit2612AmountMismatch();
        try IERC20Permit(token)
            .permit(owner, address(PERMIT2), approval.value, approval.deadline, approval.v, approval.r, approval.s) {}
        catch Error(string memory reason) {
            emit EIP2612PermitFailedWithReason(token, owner, reason);
        } catch Panic(uint256 errorCode) {
            emit EIP2612PermitFailedWithPanic(token, owner, errorCode);
        } catch (bytes memory data) {
            emit EIP2612PermitFailedWithData(token, owner, data);
        }
    }
}
