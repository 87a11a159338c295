// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {Authorization} from "../token/ExactTransfer.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @dev The seconds between two ends: ends are the multiples of it, counted from the Unix epoch.
uint48 constant BUCKET = 28 days;

/// @dev The longest lock, in whole buckets: "twelve months". With the part of a bucket before it, 14 ends are ahead at most.
uint256 constant MAX_BUCKETS = 13;

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
/// @notice An account has one lock. Its power is the amount times what the power table has for the whole buckets of 28 days
/// that were left when it was written, in atomic units; it stays the same until the lock ends, counts at a second t if
/// t < end, and then is gone without a transaction. It cannot be transferred. It votes for the account itself until the
/// account names a delegatee; {powerAt} and {scoreAt} ignore delegation.
///
/// Invariants: power, score and votes at a past second never change; at every second, total power = sum of the power of all
/// accounts = sum of all votes; the contract holds what is locked, and anyone gets it back from the end of the lock on.
/// @dev ERC-5805 votes by ERC-6372 timestamps: past values are final for seconds strictly before now. Every read and write
/// costs at most logarithmically more for what others locked or delegated.
///
/// Parameters of the DAO, whose changes touch later writes only: `powerTable.1` to `powerTable.13`,
/// `scoreThreshold.1` to `scoreThreshold.10`, `minimum`.
interface IVoteEscrow is IERC5805, IParameters {
    /// @notice `account` locked `amount` until `end`.
    event Locked(address indexed account, uint256 amount, uint256 power, uint48 end);

    /// @notice `payer` added `amount` to the lock of `account`, which has `power` in all from now on.
    event Increased(address indexed account, address indexed payer, uint256 amount, uint256 power);

    /// @notice The lock of `account` ends at `end` and has `power` from now on.
    event Extended(address indexed account, uint256 power, uint48 end);

    /// @notice `account` took back all of its expired lock.
    event Withdrawn(address indexed account, uint256 amount);

    /// @notice Power that ends at `end` was added to, or taken from, the votes of `delegatee`.
    event PowerMoved(address indexed delegatee, uint48 indexed end, int256 delta);

    /// @notice The account has a lock already. An expired one must be withdrawn before a new one is made.
    error AlreadyLocked(address account, uint48 end);

    /// @notice A lock must be of `minimum` atomic units at least.
    error BelowMinimum(uint256 amount, uint256 minimum);

    /// @notice A lock lasts 1 to 13 whole buckets.
    error BucketsOutOfRange(uint256 buckets);

    /// @notice The account has no lock.
    error NothingLocked(address account);

    /// @notice Less than one whole bucket is left of the lock: extend it first, or withdraw it.
    error LessThanOneBucketLeft(address account, uint48 end);

    /// @notice The lock has expired: withdraw it.
    error LockExpired(address account, uint48 end);

    /// @notice The lock has not expired yet.
    error StillLocked(address account, uint48 end);

    /// @notice To extend a lock must not make it end sooner.
    error EndWouldFall(uint48 end, uint48 newEnd);

    /// @notice To extend a lock must not take power from it.
    error PowerWouldFall(uint256 power, uint256 newPower);

    /// @notice Only the past is final. `clock` is now.
    error ERC5805FutureLookup(uint256 timepoint, uint48 clock);

    /// @notice Locks `amount` of the caller's allowance, until the first multiple of 28 days that is `buckets` times 28 days
    /// away at least. Open to anyone, always: whoever could close it could keep others from a vote.
    /// @param amount atomic units, {minimum} at least; an account holds less than 2^96 in all
    /// @param buckets 1 to 13
    function lock(uint256 amount, uint256 buckets) external;

    /// @notice As {lock}, for the payer of an EIP-3009 authorization whose nonce is {lockNonce}. Anyone may submit it.
    function lockWithAuthorization(uint256 amount, uint256 buckets, Authorization calldata authorization) external;

    /// @notice Adds `amount` of the caller's allowance to its lock, without moving the end. It gets the power of a lock of as
    /// many whole buckets as are left; one at least.
    /// @param amount atomic units
    function increase(uint256 amount) external;

    /// @notice As {increase}, for the lock of `account`, out of the caller's allowance. Restricted to the revenue
    /// distributor.
    function increaseFor(address account, uint256 amount) external;

    /// @notice Moves the end and the power of the caller's live lock to what {lock} would set for its amount now. Neither may
    /// fall.
    /// @param buckets 1 to 13
    function extend(uint256 buckets) external;

    /// @notice Pays the caller's whole expired lock back. Never restricted.
    /// @return amount paid, in atomic units
    function withdraw() external returns (uint256 amount);

    /// @notice Sets the power of later writes. Restricted to the DAO.
    /// @param table for 1 to 13 buckets, in parts of 1,300 of the amount; 1,300 (1x) to 5,200 (4x), never falling
    function setPowerTable(uint16[MAX_BUCKETS] calldata table) external;

    /// @notice Sets the scores from this second on; those of the past stay. Restricted to the DAO.
    /// @param thresholds the power that the scores 1 to 10 need, in whole tokens; 1 to 1,000,000,000, ascending strictly
    function setScoreThresholds(uint32[10] calldata thresholds) external;

    /// @notice Sets the smallest amount of later locks. Restricted to the DAO.
    /// @param newMinimum atomic units; 1 to 10,000 whole tokens
    function setMinimum(uint256 newMinimum) external;

    /// @notice The market token, with eighteen decimals.
    // forge-lint: disable-next-line(mixed-case-function)
    function TOKEN() external view returns (IERC20);

    /// @notice What `account` has locked, expired or not; all zero if nothing.
    function lockOf(address account) external view returns (Lock memory);

    /// @notice The power that `account` itself had at a past second, whomever it delegated to.
    function powerAt(address account, uint256 timepoint) external view returns (uint256);

    /// @notice The staking score, 0 to 10, that the power of `account` itself gave it at a past second.
    function scoreAt(address account, uint256 timepoint) external view returns (uint256);

    /// @notice The nonce of the authorization that pays for {lockWithAuthorization} with these arguments.
    function lockNonce(uint256 amount, uint256 buckets, bytes32 salt) external view returns (bytes32);

    /// @notice What {setPowerTable} set. By default 1,300 + 100 for each bucket: 13 buckets double the amount.
    function powerTable() external view returns (uint16[MAX_BUCKETS] memory);

    /// @notice What {setScoreThresholds} set last. By default 22,000, 44,000, 88,000, 175,000, 350,000, 650,000, 1,200,000,
    /// 2,200,000, 4,200,000 and 7,777,000.
    function scoreThresholds() external view returns (uint32[10] memory);

    /// @notice The smallest amount that can be locked, in atomic units.
    function minimum() external view returns (uint256);
}
