// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {Authorization} from "../token/ExactTransfer.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice A part of a sale in which only some may commit. It ends when the next one opens, the last with the sale.
/// @param opens first second, in order
/// @param minScore staking score, 0 to 10, that it takes
struct Window {
    uint48 opens;
    uint8 minScore;
}

/// @notice What is sold, and how.
/// @param token that is sold
/// @param payment token that is paid
/// @param amount atomic units of `token` for sale, all of them held by the sale from the start
/// @param lot atomic units of `token` that cost `price`
/// @param price atomic units of `payment` for a lot
/// @param base atomic units of `token` that an account with the multiplier 1 may commit to
/// @param closes first second at which nobody can commit any more
/// @param windows 1 to 4
/// @param multipliers of `base` in hundredths, by score from 0 to 10
struct Terms {
    IERC20 token;
    IERC20 payment;
    uint128 amount;
    uint128 lot;
    uint128 price;
    uint128 base;
    uint48 closes;
    Window[] windows;
    uint32[11] multipliers;
}

/// @title Early sales, in which those who have locked go first
/// @notice A seller announces a sale and hands over all that is sold. Scores are those of the second before, so that a lock
/// made after the news does not count. Accounts commit, and pay in full, within windows; earlier windows are served
/// first, and one that asks for more than is left is served in proportion. After the end anyone settles any account:
/// what it got and what it paid too much are its credit, what it paid for is the seller's.
///
/// Invariants: all payments of a sale are the seller's proceeds and the refunds of the settled accounts, or still held for
/// the others; nobody gets more than it committed to, and all together not more than is for sale; nothing depends on
/// the seller or the DAO once a sale is announced. Early sales are off until the DAO switches them on.
interface IAllocationSale is IParameters {
    /// @notice `seller` handed over what `terms` say is for sale.
    /// @param snapshot second whose staking scores count
    event Announced(uint256 indexed sale, address indexed seller, Terms terms, uint48 snapshot);

    /// @notice `account` committed to `quantity` more of the token, in `window`, and paid `paid`.
    event Committed(uint256 indexed sale, address indexed account, uint256 window, uint256 quantity, uint256 paid);

    /// @notice `account` got `quantity` of the token for `cost`, which the seller is credited with.
    event Allocated(uint256 indexed sale, address indexed account, uint256 quantity, uint256 cost);

    /// @notice `account` is credited with `amount` that it had paid too much.
    event Refunded(uint256 indexed sale, address indexed account, uint256 amount);

    /// @notice The seller is credited with `quantity` that nobody got.
    event Unsold(uint256 indexed sale, uint256 quantity);

    /// @notice The whole credit of `account` was paid to it.
    event Withdrawn(address indexed asset, address indexed account, uint256 amount);

    /// @notice The DAO has not switched early sales on.
    error SalesAreOff();

    /// @notice Something is for sale, in lots at a price, with 1 to 4 windows in order that open from now on, before the
    /// end, within 90 days.
    error MalformedTerms();

    /// @notice There is no such sale.
    error NoSuchSale(uint256 sale);

    /// @notice Nobody can commit before the first window opens or after the sale closed.
    error SaleNotOpen(uint256 sale);

    /// @notice It can be settled from `closes` on (seconds).
    error SaleNotClosed(uint256 sale, uint256 closes);

    /// @notice The window that is open asks for a higher staking score.
    error ScoreTooLow(uint256 score, uint256 minScore);

    /// @notice An account may commit to `limit` atomic units of the token in all.
    error AllocationExceeded(uint256 asked, uint256 limit);

    /// @notice A commitment to nothing, or one that costs more than the caller accepts.
    error CostNotAccepted(uint256 cost, uint256 maxCost);

    /// @notice The account has committed to nothing that is not settled yet.
    error NothingToSettle(uint256 sale, address account);

    /// @notice Hands over what is for sale, out of the caller's allowance. Restricted: open to anyone unless closed.
    function announce(Terms calldata terms) external returns (uint256 sale);

    /// @notice Commits to `quantity` more atomic units of the token, and pays for them out of the caller's allowance.
    /// Restricted: open to anyone unless closed.
    /// @param maxCost atomic units of the payment token that the caller accepts to pay
    function commit(uint256 sale, uint256 quantity, uint256 maxCost) external;

    /// @notice As {commit}, for `authorization.payer`, who signed {commitNonce}. Restricted: open to anyone unless closed.
    function commitWithAuthorization(
        uint256 sale,
        uint256 quantity,
        uint256 maxCost,
        Authorization calldata authorization
    ) external;

    /// @notice Credits `account` with what it got and what it paid too much, and the seller with what it paid for. Open to
    /// anyone once the sale has closed.
    function settle(uint256 sale, address account) external;

    /// @notice Credits the seller with what nobody committed to, and once all accounts are settled also with what is left
    /// by rounding. Open to anyone once the sale has closed.
    function settleUnsold(uint256 sale) external;

    /// @notice Pays `account` its whole credit in `asset`. Open to anyone.
    function withdraw(IERC20 asset, address account) external returns (uint256 amount);

    /// @notice Switches early sales on or off; announced ones can be settled in any case. Restricted to the DAO.
    function setEnabled(bool on) external;

    /// @notice Whether early sales are switched on.
    function enabled() external view returns (bool);

    /// @notice The terms of a sale.
    function termsOf(uint256 sale) external view returns (Terms memory);

    /// @notice Atomic units of the token that `account` may still commit to, whatever window is open.
    function allowanceOf(uint256 sale, address account) external view returns (uint256);

    /// @notice Atomic units of the payment token that `quantity` costs, rounded up.
    function costOf(uint256 sale, uint256 quantity) external view returns (uint256);

    /// @notice What `account` can withdraw, in atomic units.
    function creditOf(IERC20 asset, address account) external view returns (uint256);

    /// @notice The EIP-3009 nonce to sign for {commitWithAuthorization}.
    function commitNonce(uint256 sale, uint256 quantity, uint256 maxCost, bytes32 salt) external view returns (bytes32);
}
