// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice How a claim is paid: to the account itself, or into its lock. The order never changes.
enum Mode {
    DIRECT,
    REINVEST
}

/// @notice One asset of one epoch.
/// @param funded atomic units there are to share, those already paid included
/// @param paid atomic units already claimed
struct Pool {
    uint128 funded;
    uint128 paid;
}

/// @title The stakers' part of the market's revenue
/// @notice Epochs are buckets of 28 days, counted from the Unix epoch, as those of the vote escrow. Whatever is funded
/// belongs to the epoch in which that happens. Once the epoch is over it is shared by the power that accounts had
/// themselves, whomever they delegated to, summed over the starts of the epoch's four weeks. What nobody claimed within
/// 12 more epochs goes to the epoch of the day.
///
/// Invariants, for every asset: what was paid of an epoch is never more than what it was funded with; the contract holds
/// what is unpaid of all epochs. Nobody tends it: there is no owner, no parameter, and nobody who posts results.
/// @dev An asset whose balances shrink by themselves can leave less than is owed of it; other assets are not touched.
interface IRevenueDistributor {
    /// @notice `epoch` has `amount` more of `asset` to share.
    event EpochFunded(uint256 indexed epoch, address indexed asset, address indexed payer, uint256 amount);

    /// @notice `account` got its share of `asset`, in the way that `mode` says.
    event Claimed(uint256 indexed epoch, address indexed asset, address indexed account, uint256 amount, Mode mode);

    /// @notice The `amount` of `asset` that was left of `epoch` belongs to the later epoch `into` from now on.
    event RolledOver(uint256 indexed epoch, address indexed asset, uint256 indexed into, uint256 amount);

    /// @notice The epoch can be claimed, and rolled over, only after its end at `end` (seconds).
    error EpochNotClosed(uint256 epoch, uint256 end);

    /// @notice The epoch could be claimed until `deadline` (seconds).
    error EpochExpired(uint256 epoch, uint256 deadline);

    /// @notice The epoch can be claimed until `deadline` (seconds) and is not rolled over before.
    error EpochStillClaimable(uint256 epoch, uint256 deadline);

    /// @notice The caller had its share of this asset and epoch.
    error AlreadyClaimed(uint256 epoch, address asset, address account);

    /// @notice Adds to the present epoch. Open to anyone. Takes `amount` atomic units out of the caller's allowance; what
    /// reached this contract by plain transfers before is added too.
    /// @return credited atomic units by which the epoch rose
    function fund(IERC20 asset, uint256 amount) external returns (uint256 credited);

    /// @notice Pays the caller its share of a closed epoch, once.
    /// @param mode `REINVEST` raises the caller's lock, if the asset is the market token and the escrow takes it; if not,
    /// the claim is paid as `DIRECT`
    /// @return amount atomic units, rounded down
    function claim(uint256 epoch, IERC20 asset, Mode mode) external returns (uint256 amount);

    /// @notice Moves what is left of an epoch to the present one: after 12 more epochs, or as soon as it is closed if
    /// nobody had any power in it. Open to anyone.
    function rollOver(uint256 epoch, IERC20 asset) external returns (uint256 amount);

    /// @notice The number of the present epoch.
    function currentEpoch() external view returns (uint256);

    /// @notice What an epoch has of an asset.
    function poolOf(uint256 epoch, IERC20 asset) external view returns (Pool memory);

    /// @notice What {claim} would pay `account`, in atomic units; zero once it was paid, or before the epoch is closed.
    function claimable(uint256 epoch, IERC20 asset, address account) external view returns (uint256);

    /// @notice Whether `account` had its share.
    function hasClaimed(uint256 epoch, IERC20 asset, address account) external view returns (bool);

    /// @notice Atomic units of `asset` that all epochs together still owe.
    function held(IERC20 asset) external view returns (uint256);
}
