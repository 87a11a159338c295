// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @notice What an account has locked.
/// @param amount atomic units of the market token
/// @param power constant until `end`, and nothing from then on
/// @param end first second at which the lock can be withdrawn; a multiple of 28 days
struct Lock {
    uint128 amount;
    uint128 power;
    uint48 end;
}

/// @title Locked market tokens, and the power they give
interface IVoteEscrow is IERC5805 {
    /// @notice `account` locked `amount` until `end`, which is `buckets` whole ones of 28 days away at least.
    event Locked(address indexed account, uint256 amount, uint256 power, uint48 end);

    /// @notice `payer` added `amount` to the lock of `account`, which has `power` in all from now on.
    event Increased(address indexed account, address indexed payer, uint256 amount, uint256 power);

    /// @notice The lock of `account` ends at `end` and has `power` from now on.
    event Extended(address indexed account, uint256 power, uint48 end);

    /// @notice `account` took back all of its expired lock.
    event Withdrawn(address indexed account, uint256 amount);

    /// @notice Power that ends at `end` was added to, or taken from, the votes of `delegatee`.
    event PowerMoved(address indexed delegatee, uint48 indexed end, int256 delta);

    /// @notice Locks `amount` atomic units of the caller's allowance for `buckets` (1 to 13) whole buckets of 28 days at
    /// least.
    function lock(uint256 amount, uint256 buckets) external;

    /// @notice Adds to the caller's lock, without moving its end.
    function increase(uint256 amount) external;

    /// @notice Adds the caller's tokens to the lock of `account`. Restricted to the revenue distributor.
    function increaseFor(address account, uint256 amount) external;

    /// @notice Moves the end of the caller's lock to what {lock} would set now.
    function extend(uint256 buckets) external;

    /// @notice Pays the caller's whole expired lock back. Never restricted.
    function withdraw() external returns (uint256 amount);

    /// @notice What `account` has locked, expired or not; all zero if nothing.
    function lockOf(address account) external view returns (Lock memory);

    /// @notice The power that `account` itself had at a past second, whomever it delegated to.
    function powerAt(address account, uint256 timepoint) external view returns (uint256);

    /// @notice The staking score, 0 to 10, that `account` had at a past second.
    function scoreAt(address account, uint256 timepoint) external view returns (uint256);
}
