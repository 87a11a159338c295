// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVoteEscrow} from "./IVoteEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice How a share of revenue reaches its claimant.
enum Mode {
    /// The asset itself.
    DIRECT,
    /// Into the claimant's lock.
    REINVEST
}

/// @title Revenue for those who lock
/// @notice An epoch is a bucket of 28 days, counted from the Unix epoch: number e lasts from second e * 28 days until the
/// second before (e + 1) * 28 days, and then is closed. What arrives in an epoch belongs to it. An account's share of it is
/// the account's power, summed over the starts of the four weeks of the epoch, out of the total power, summed likewise: no
/// lock made later than a week's start has a part in that week. Delegation makes no difference.
///
/// Invariants, for every epoch and asset: what was claimed <= what the epoch was funded with. For every asset: held = sum of
/// what is left in all epochs = what the contract owes, all of which can be paid. It has no owner and no parameters, and
/// nothing in it is restricted.
/// @dev Any ERC-20 is taken. One that takes balances away, or more than it is asked to move, can leave less than is held:
/// then the first to claim it are paid. Other assets are not touched by it.
interface IRevenueDistributor {
    /// @notice `amount` belongs to `epoch`. `payer` is zero if it had arrived by plain transfer.
    event EpochFunded(uint256 indexed epoch, IERC20 indexed asset, address indexed payer, uint256 amount);

    /// @notice The share of `account` was paid in `mode`, which is `DIRECT` whenever the lock could not be raised.
    event Claimed(uint256 indexed epoch, IERC20 indexed asset, address indexed account, Mode mode, uint256 amount);

    /// @notice All that was left of `epoch` belongs to the epoch `into` from now on.
    event RolledOver(uint256 indexed epoch, IERC20 indexed asset, uint256 indexed into, uint256 amount);

    /// @notice The epoch is not closed yet.
    error EpochNotClosed(uint256 epoch);

    /// @notice The account has claimed its share already.
    error AlreadyClaimed(uint256 epoch, IERC20 asset, address account);

    /// @notice The account has no share of an atomic unit in it, or what was left has been rolled over.
    error NothingToClaim(uint256 epoch, IERC20 asset, address account);

    /// @notice Shares of an epoch can be claimed for twelve epochs after it at least.
    error ClaimsStillHold(uint256 epoch);

    /// @notice Adds `amount` of the caller's allowance to the current epoch. Open to anyone.
    /// @param amount atomic units
    function fund(IERC20 asset, uint256 amount) external;

    /// @notice Adds whatever arrived by plain transfer to the current epoch. Open to anyone. Does nothing if nothing did.
    /// @return amount in atomic units
    function sync(IERC20 asset) external returns (uint256 amount);

    /// @notice Pays the caller its share of a closed epoch, once; several at a time by `multicall`.
    /// @param mode `REINVEST` raises the caller's lock with the market token; with another asset, or if the lock cannot be
    /// raised for whatever reason, the share is paid as by `DIRECT`
    /// @return amount in atomic units, rounded down
    function claim(uint256 epoch, IERC20 asset, Mode mode) external returns (uint256 amount);

    /// @notice Moves what is left of a closed epoch into the current one. Open to anyone, from twelve epochs after it on; at
    /// once if nobody had any power in it. Shares can be claimed until this is done, and not any more after it.
    /// @return amount in atomic units
    function rollOver(uint256 epoch, IERC20 asset) external returns (uint256 amount);

    /// @notice What {claim} would pay `account` now, in atomic units.
    function claimable(uint256 epoch, IERC20 asset, address account) external view returns (uint256);

    /// @notice Whether `account` has claimed its share.
    function isClaimed(uint256 epoch, IERC20 asset, address account) external view returns (bool);

    /// @notice What an epoch has been funded with, and what is left of it, in atomic units; zero once rolled over.
    function poolOf(uint256 epoch, IERC20 asset) external view returns (uint128 funded, uint128 left);

    /// @notice What is left in all epochs together, in atomic units.
    function held(IERC20 asset) external view returns (uint256);

    /// @notice The epoch that is open now.
    function currentEpoch() external view returns (uint256);

    /// @notice Whose power the revenue is shared by.
    // forge-lint: disable-next-line(mixed-case-function)
    function ESCROW() external view returns (IVoteEscrow);
}
