// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {Authorization} from "../token/ExactTransfer.sol";
import {IVoteEscrow} from "./IVoteEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice From when on whom a window is for. It ends when the next one starts, the last one at the deadline.
/// @param start second
/// @param minScore 0 to 10; 0 is for anyone
struct Opening {
    uint40 start;
    uint8 minScore;
}

/// @notice What a seller announces. Tokens are sold in whole lots for whole prices, so that nothing is ever rounded.
/// @param token is sold
/// @param lots how many are sold, at least 1
/// @param asset is paid with
/// @param lot atomic units of `token` in one lot, at least 1
/// @param price atomic units of `asset` for one lot, at least 1
/// @param base lots that a buyer whose multiplier is 1 can commit to
/// @param deadline first second at which nobody can commit any more; 90 days away at most
/// @param multipliers of `base` for the scores 0 to 10: eleven, in hundredths
/// @param openings one to four windows in order of time, the first not in the past, none stricter than the one before it
struct Terms {
    IERC20 token;
    uint96 lots;
    IERC20 asset;
    uint96 lot;
    uint96 price;
    uint96 base;
    uint40 deadline;
    uint16[] multipliers;
    Opening[] openings;
}

/// @notice A window of a sale.
/// @param demand lots that were committed to in it
/// @param filled lots of them that were sold, once the sale is settled
struct Window {
    uint40 start;
    uint8 minScore;
    uint96 demand;
    uint96 filled;
}

/// @notice A sale, by its terms and what came of it so far.
/// @param snapshot the second whose scores count: the last one before the announcement
struct Sale {
    address seller;
    uint40 snapshot;
    uint40 deadline;
    bool isSettled;
    IERC20 token;
    uint96 lots;
    IERC20 asset;
    uint96 price;
    uint96 lot;
    uint96 base;
    bool isProceedsPaid;
    bool isUnsoldReturned;
    uint16[] multipliers;
    Window[] windows;
}

/// @notice What a buyer committed to.
/// @param lots paid for in advance; zero if the buyer did not commit
/// @param ahead lots that others had committed to before in the same window
struct Commitment {
    uint96 lots;
    uint96 ahead;
    uint8 window;
    bool isAllocated;
    bool isRefunded;
}

/// @title Sales to those who lock, in proportion to their score
/// @notice A seller escrows all tokens of a sale when announcing it. Buyers commit, each once and up to base times the
/// multiplier of the score they had before the announcement, and pay in advance. After the deadline anyone settles: earlier
/// windows are filled first, and the one that cannot be filled is filled pro rata. Then buyers get what was allocated to
/// them and the rest of their payment back, the seller gets the proceeds and what was not sold. A sale that nobody settles
/// within 7 days of its deadline is void: everybody gets everything back.
///
/// Pro rata: the lots of a window stand in a row in the order in which they were committed to. Of the first n lots in the
/// row, n * filled / demand, rounded down, are sold. So all that can be sold is, and each buyer gets its proportion, give or
/// take less than one lot.
///
/// Invariants, for every sale: lots allocated + unsold = lots escrowed; payments = proceeds + refunds; each is paid once.
/// Nothing that one person, sale or token does can hold up another: tokens and payments are paid out apart from each other.
/// @dev Identifiers are hashes of all terms, so that a commitment can never reach another sale than it was meant for. An
/// asset that takes balances away can leave less than is owed to those who use it; others are not touched by it. Anyone can
/// announce any token: whether it is worth anything is for the buyer to judge.
///
/// Parameter of the DAO: `enabled`, 0 or 1, initially 0.
interface IAllocationSale is IParameters {
    /// @notice `seller` escrowed the tokens of a sale.
    event Announced(bytes32 indexed saleId, address indexed seller, IERC20 indexed token, uint40 snapshot, Terms terms);

    /// @notice `buyer` committed to `lots` in this window, and paid for them.
    event Committed(bytes32 indexed saleId, address indexed buyer, uint256 indexed window, uint256 lots);

    /// @notice So many lots were sold in each window.
    event Settled(bytes32 indexed saleId, uint96[] filled);

    /// @notice `buyer` got the tokens that were allocated to it.
    event Allocated(bytes32 indexed saleId, address indexed buyer, uint256 amount);

    /// @notice `buyer` got back what it had paid for lots it did not get.
    event Refunded(bytes32 indexed saleId, address indexed buyer, uint256 amount);

    /// @notice `seller` got the payments for what was sold.
    event ProceedsPaid(bytes32 indexed saleId, address indexed seller, uint256 amount);

    /// @notice `seller` got back the tokens that were not sold.
    event UnsoldReturned(bytes32 indexed saleId, address indexed seller, uint256 amount);

    /// @notice The DAO has switched sales off.
    error SalesOff();

    /// @notice The terms break a rule of {Terms}.
    error MalformedTerms();

    /// @notice The seller announced the very same sale in this second already.
    error AlreadyAnnounced(bytes32 saleId);

    /// @notice Nobody can commit before the first window, or from the deadline on.
    error NotOpen(bytes32 saleId);

    /// @notice The window that is open asks for a higher score.
    error ScoreTooLow(bytes32 saleId, uint256 score, uint256 minScore);

    /// @notice A commitment is of 1 lot at least, and of `limit` at most.
    error LotsOutOfRange(bytes32 saleId, uint256 lots, uint256 limit);

    /// @notice A buyer commits once to a sale.
    error AlreadyCommitted(bytes32 saleId, address buyer);

    /// @notice The deadline has not passed yet.
    error BeforeDeadline(bytes32 saleId);

    /// @notice The sale is void, or there is none.
    error SaleVoid(bytes32 saleId);

    /// @notice Nothing is paid out before the sale is settled or void.
    error NotSettled(bytes32 saleId);

    /// @notice Announces a sale, and takes all of its tokens out of the caller's allowance. Restricted: open to anyone unless
    /// closed; also needs to be {enabled}.
    /// @return saleId the hash of seller, snapshot and terms
    function announce(Terms calldata terms) external returns (bytes32 saleId);

    /// @notice Commits the caller to buy `lots`, and takes their price out of its allowance. It cannot be taken back.
    /// Never restricted: whoever could close it could commit first and shut the others out.
    function commit(bytes32 saleId, uint96 lots) external;

    /// @notice As {commit}, for the payer of an EIP-3009 authorization whose nonce is {commitNonce}. Anyone may submit it.
    function commitWithAuthorization(bytes32 saleId, uint96 lots, Authorization calldata authorization) external;

    /// @notice Decides how many lots each window gets. Open to anyone, from the deadline on and for 7 days. Does nothing when
    /// done already. Never restricted, nor are the following.
    function settle(bytes32 saleId) external;

    /// @notice Pays `buyer` the tokens that were allocated to it. Open to anyone, once settled. Does nothing without any.
    /// @return amount atomic units of the token
    function claim(bytes32 saleId, address buyer) external returns (uint256 amount);

    /// @notice Pays `buyer` back for the lots it did not get. Open to anyone, once settled or void. Does nothing without any.
    /// @return amount atomic units of the asset
    function refund(bytes32 saleId, address buyer) external returns (uint256 amount);

    /// @notice Pays the seller for what was sold. Open to anyone, once settled. Does nothing when done already.
    /// @return amount atomic units of the asset
    function payProceeds(bytes32 saleId) external returns (uint256 amount);

    /// @notice Pays the seller the tokens that were not sold. Open to anyone, once settled or void. Does nothing when done
    /// already.
    /// @return amount atomic units of the token
    function returnUnsold(bytes32 saleId) external returns (uint256 amount);

    /// @notice Allows announcements, or no more of them; what is announced goes on. Restricted to the DAO.
    function setEnabled(bool isEnabled) external;

    /// @notice A sale; all zero if there is none.
    function saleOf(bytes32 saleId) external view returns (Sale memory);

    /// @notice What `buyer` committed to; all zero if nothing.
    function commitmentOf(bytes32 saleId, address buyer) external view returns (Commitment memory);

    /// @notice How many lots `buyer` can commit to, or could, in the windows that its score admits it to.
    function limitOf(bytes32 saleId, address buyer) external view returns (uint256 lots);

    /// @notice How many lots `buyer` gets of a settled sale.
    function allocationOf(bytes32 saleId, address buyer) external view returns (uint256 lots);

    /// @notice The nonce of the authorization that pays for {commitWithAuthorization} with these arguments.
    function commitNonce(bytes32 saleId, uint96 lots, bytes32 salt) external view returns (bytes32);

    /// @notice Whether sales can be announced and committed to.
    function enabled() external view returns (bool);

    /// @notice Whose scores count.
    // forge-lint: disable-next-line(mixed-case-function)
    function ESCROW() external view returns (IVoteEscrow);
}
