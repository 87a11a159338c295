// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @title Tokens set aside for a fixed list of accounts
/// @notice The list is a Merkle tree with one leaf for each (index, account, amount). Anyone may submit a claim, only the
/// account named in it is paid, and each index once. What nobody claimed by the deadline goes to the treasury.
///
/// Invariants: an index is paid once at most, and only before the deadline; the treasury is paid only from then on; nobody
/// else is paid at all.
interface ICommunityDistributor {
    /// @notice `account` was paid the `amount` that the list has for it under `index`.
    event Claimed(uint256 indexed index, address indexed account, uint256 amount);

    /// @notice `amount`, all that was left, went to the treasury.
    event Swept(uint256 amount);

    /// @notice Claims can be made before the deadline only, and it must lie in the future at first.
    error DeadlinePassed(uint64 deadline);

    /// @notice The rest cannot be swept before the deadline.
    error DeadlineNotReached(uint64 deadline);

    /// @notice The treasury must be an account that can be paid.
    error NoTreasury();

    /// @notice This index was already paid.
    error AlreadyClaimed(uint256 index);

    /// @notice The proof does not lead from this claim to the root.
    error NotOnTheList(uint256 index, address account, uint256 amount);

    /// @notice The token that is paid out.
    // forge-lint: disable-next-line(mixed-case-function)
    function TOKEN() external view returns (IERC20);

    /// @notice The root of the tree. Pairs are hashed in ascending order, and a leaf is {leafOf} its entry.
    // forge-lint: disable-next-line(mixed-case-function)
    function ROOT() external view returns (bytes32);

    /// @notice The first second at which nothing can be claimed any more.
    // forge-lint: disable-next-line(mixed-case-function)
    function DEADLINE() external view returns (uint64);

    /// @notice Who gets the rest.
    // forge-lint: disable-next-line(mixed-case-function)
    function TREASURY() external view returns (address);

    /// @notice Pays `amount` to `account`. Open to anyone.
    /// @param index place in the list, from 0
    /// @param amount atomic units
    /// @param proof the siblings from the leaf up to the root
    function claim(uint256 index, address account, uint256 amount, bytes32[] calldata proof) external;

    /// @notice Sends what is left to the treasury, once the deadline has passed. Open to anyone. Does nothing when nothing
    /// is left.
    /// @return amount sent, in atomic units
    function sweep() external returns (uint256 amount);

    /// @notice Whether `index` was paid.
    function isClaimed(uint256 index) external view returns (bool);

    /// @notice The leaf of one entry: hashed twice, so that no node of the tree can pass for a leaf, and over the chain and
    /// the token, so that a list holds for nothing else. Not over this contract, whose address follows from the root.
    function leafOf(uint256 index, address account, uint256 amount) external view returns (bytes32);
}
