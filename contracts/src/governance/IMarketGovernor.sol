// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "./IParameters.sol";

/// @title The DAO: locked power proposes and decides, the timelock carries out
/// @notice OpenZeppelin's Governor over the power of the vote escrow, by the escrow's clock (seconds). A proposal succeeds
/// with a quorum and with a clear margin: for less against is at least a tenth of all votes cast, abstentions included.
/// Ballots can be signed (EIP-712; by accounts, ERC-1271 and EIP-7702 wallets) and cast by anyone.
///
/// Invariants: what a proposal needs never changes once its vote has begun, whatever is locked, unlocked, minted or burnt
/// afterwards; no parameter leaves its bounds. All parameters are set by proposals only. A proposal can also hand the DAO
/// over, to another governor or timelock, under the rules of this one.
interface IMarketGovernor is IParameters {
    /// @notice `proposer` made all the `quota` proposals that its staking score gives it in this 28-day month.
    error ProposalQuotaUsed(address proposer, uint256 quota);

    /// @notice How many proposals `account` may make in a 28-day month: its staking score a second ago, one at least. The
    /// court has no quota and needs no power: an appeal is always put to the vote.
    function proposalQuota(address account) external view returns (uint256);

    /// @notice How many proposals `account` made in the 28-day month number `month` of the epoch; none are counted for the
    /// court.
    function proposalsIn(uint256 month, address account) external view returns (uint256);
}
