// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/interfaces/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/interfaces/IERC2612.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

/// @notice Revenue that is being released, the same amount in every second.
/// @param amount atomic units that are released between the two times
/// @param startedAt last {distribute}, in seconds
/// @param endsAt first second at which all of it is released
struct Stream {
    uint128 amount;
    uint64 startedAt;
    uint64 endsAt;
}

/// @title Shares of one listing
/// @notice An ERC-20 whose holders divide what it receives in up to four assets, fixed when it was created. It receives
/// revenue as a payee of the listing's splitter; any other transfer to it is revenue too. {distribute} starts to release
/// what arrived, linearly over 7 days; whoever holds a share while a part is released has earned that share of the part,
/// and keeps it when the share moves on. There is no more supply than what was minted at the start.
///
/// A share held for no time earns nothing, so shares borrowed within one transaction are worth nothing. Revenue that
/// arrives while earlier revenue is still being released joins it, and the end moves by the weight of what joins: the
/// remaining R, due in L seconds, and the new N end together after L + (7 days − L)·N/(R + N) seconds, rounded down. So
/// whoever sends N to delay others delays no more than N for 7 days, and nothing is hastened but dust.
///
/// Invariants, for every asset: received = claimed + held; held is never less than what all holders can claim together;
/// the supply never changes. Dust: once all is released, held exceeds what can be claimed by less than one atomic unit
/// for each account that ever held a share, and one. It is not lost: fractions wait on the account of their holder.
/// @dev Transfers call no asset, so no asset can hinder them. An asset that takes balances away can leave less than is
/// held: then the first to claim are paid. The EIP-712 domain is {name}, version `1`, the chain and this address.
interface IListingShares is IERC20Metadata, IERC20Permit, IERC5267 {
    /// @notice `amount` arrived, and joined what is being released until `endsAt` (seconds).
    event RevenueDistributed(address indexed asset, uint256 amount, uint64 endsAt);

    /// @notice `account` was paid all it had earned in `asset`, in whole atomic units.
    event DividendClaimed(address indexed asset, address indexed account, uint256 amount);

    /// @notice Called on the implementation, which belongs to no listing.
    error NotShares();

    /// @notice Only the registry may do this.
    error NotRegistry(address caller);

    /// @notice These shares do not divide this asset.
    error AssetNotShared(address asset);

    /// @notice The deadline (seconds) of the permit has passed.
    error PermitExpired(uint256 deadline);

    /// @notice The permit was not signed by the owner.
    error PermitNotSigned(address owner);

    /// @notice Mints the supply. For the registry, once.
    function issue(address owner, uint256 supply) external;

    /// @notice Starts to release what arrived in `asset` since the last time. Open to anyone. Does nothing if nothing did.
    /// @return amount that arrived, in atomic units
    function distribute(address asset) external returns (uint256 amount);

    /// @notice Pays `account` all it has earned in `asset`. Open to anyone. Does nothing if that is less than one atomic
    /// unit.
    /// @return amount paid, in atomic units
    function claim(address account, address asset) external returns (uint256 amount);

    /// @notice What {claim} would pay now, in atomic units.
    function claimable(address account, address asset) external view returns (uint256);

    /// @notice What is being released in `asset`.
    function streamOf(address asset) external view returns (Stream memory);

    /// @notice What was distributed in `asset` and not claimed yet, in atomic units.
    function held(address asset) external view returns (uint256);

    /// @notice The listing that these are shares of.
    function listing() external view returns (uint256 id);

    /// @notice The assets that these shares divide, in ascending order.
    function assets() external view returns (address[] memory);
}
