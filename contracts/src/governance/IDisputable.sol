// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the court has to know about something that is disputed.
/// @param listing the listing it is about
/// @param claimant who is served: a buyer, a client, or whoever accuses
/// @param respondent who serves: the provider
/// @param asset the token in which the dispute's bonds are paid
/// @param amount atomic units at stake
struct Case {
    uint256 listing;
    address claimant;
    address respondent;
    address asset;
    uint256 amount;
}

/// @title Something the court can rule on: a job, a lease, a provider's bond
interface IDisputable {
    /// @notice The caller is not the court.
    error NotCourt(address caller);

    /// @notice Nothing can be disputed under this id now.
    error NotDisputable(uint256 id);

    /// @notice The case that `opener` would open over `id` now. Reverts with {NotDisputable} if it may not be opened, or
    /// not by `opener`.
    function caseOf(uint256 id, address opener) external view returns (Case memory);

    /// @notice The court holds `id` until it is resolved, but not beyond `until` (seconds): from then on anyone can go on
    /// as if there had been no dispute. Only for the court.
    function hold(uint256 id, address opener, uint48 until) external;

    /// @notice The court's last word: `claimantBps` hundredths of a percent of what is at stake go to the claimant, the
    /// rest to the respondent. Only for the court. Nothing that a party controls may make it fail: what the parties get is
    /// credited to them.
    /// @param damage atomic units that the claimant was found to have lost. Only for subjects that punish: what is taken
    /// beyond the damage is burned. Where the claimant's own payment is at stake it means nothing.
    function resolve(uint256 id, address opener, uint16 claimantBps, uint256 damage) external;

    /// @notice The dispute was dismissed: as if it had never been opened. Only for the court.
    function release(uint256 id, address opener) external;
}
