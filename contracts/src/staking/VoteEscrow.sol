// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {BUCKET, IVoteEscrow, Lock, MAX_BUCKETS} from "./IVoteEscrow.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

contract VoteEscrow is IVoteEscrow, AccessManaged, EIP712, Nonces, PermitMulticall, ReentrancyGuardTransient {
    using Checkpoints for Checkpoints.Trace208;
    using ExactTransfer for IERC20;
    using SafeCast for uint256;
    using SafeCast for int256;
    using SafeERC20 for IERC20;

    /// @dev `delegatee` is zero for an account that votes itself.
    struct Holder {
        uint96 amount;
        address delegatee;
    }

    /// @dev The votes of one delegatee, or of all. A checkpoint holds the live power right after a write, and the time of
    /// the write. `ending` is how much of it ends when. Only ends that lie ahead are ever written to: so the power at any
    /// later second is that of the last checkpoint before it, less what ended in between, by the values of `ending` as they
    /// are for ever.
    struct Tally {
        Checkpoints.Trace208 power;
        mapping(uint48 end => uint256) ending;
    }

    bytes32 private constant DELEGATION_TYPEHASH =
        keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
    uint256 private constant WHOLE_TOKEN = 1e18;
    uint16 private constant ONE = 1_300;
    uint16 private constant MAX_POWER = 4 * ONE;
    uint32 private constant MAX_THRESHOLD = 1_000_000_000;
    uint256 private constant MAX_MINIMUM = 10_000 * WHOLE_TOKEN;

    /// @inheritdoc IVoteEscrow
    IERC20 public immutable TOKEN;

    /// @inheritdoc IVoteEscrow
    uint256 public minimum;

    uint16[MAX_BUCKETS] private _powerTable;
    uint32[10][] private _scoreTables;
    /// Which score table holds from when on.
    Checkpoints.Trace208 private _scoreTableSince;
    Tally private _total;
    mapping(address delegatee => Tally) private _votes;
    mapping(address account => Holder) private _holders;
    /// The power and the end of every account's lock.
    mapping(address account => Checkpoints.Trace208) private _locks;

    /// @param authority decides who may call the restricted functions
    /// @param token the market token
    /// @param initialMinimum atomic units, within the bounds of {setMinimum}
    constructor(address authority, IERC20 token, uint256 initialMinimum)
        AccessManaged(authority)
        EIP712("Stoa Vote Escrow", "1")
    {
        TOKEN = token;
        _setMinimum(initialMinimum);
        uint16[MAX_BUCKETS] memory table;
        for (uint16 i = 0; i < MAX_BUCKETS; ++i) {
            table[i] = ONE + (i + 1) * 100;
        }
        _setPowerTable(table);
        _setScoreThresholds(
            [uint32(22_000), 44_000, 88_000, 175_000, 350_000, 650_000, 1_200_000, 2_200_000, 4_200_000, 7_777_000]
        );
    }

    // ------------------------------------------------------------------ locks

    /// @inheritdoc IVoteEscrow
    function lock(uint256 amount, uint256 buckets) external nonReentrant {
        _lock(msg.sender, amount, buckets);
        TOKEN.take(msg.sender, amount);
    }

    /// @inheritdoc IVoteEscrow
    function lockWithAuthorization(uint256 amount, uint256 buckets, Authorization calldata authorization)
        external
        nonReentrant
    {
        _lock(authorization.payer, amount, buckets);
        TOKEN.take(authorization, amount, lockNonce(amount, buckets, authorization.salt));
    }

    /// @inheritdoc IVoteEscrow
    function increase(uint256 amount) external nonReentrant {
        _increase(msg.sender, amount);
    }

    /// @inheritdoc IVoteEscrow
    function increaseFor(address account, uint256 amount) external restricted nonReentrant {
        _increase(account, amount);
    }

    /// @inheritdoc IVoteEscrow
    function extend(uint256 buckets) external nonReentrant {
        Lock memory old = _existingLock(msg.sender);
        if (old.end <= clock()) revert LockExpired(msg.sender, old.end);
        uint256 power = _powerOf(old.amount, buckets);
        uint48 end = _endAfter(buckets);
        if (end < old.end) revert EndWouldFall(old.end, end);
        if (power < old.power) revert PowerWouldFall(old.power, power);

        emit Extended(msg.sender, power, end);
        _setPower(msg.sender, power, end);
    }

    /// @inheritdoc IVoteEscrow
    function withdraw() external nonReentrant returns (uint256 amount) {
        Lock memory old = _existingLock(msg.sender);
        if (clock() < old.end) revert StillLocked(msg.sender, old.end);
        amount = old.amount;

        _holders[msg.sender].amount = 0;
        emit Withdrawn(msg.sender, amount);

        TOKEN.safeTransfer(msg.sender, amount);
    }

    // ------------------------------------------------------------------ delegation

    /// @inheritdoc IVotes
    /// @dev Moves unexpired power only. The zero address stands for the caller itself. Never restricted.
    function delegate(address delegatee) external {
        _delegate(msg.sender, delegatee);
    }

    /// @inheritdoc IVotes
    /// @dev For accounts with a key; the EIP-712 domain is `Stoa Vote Escrow` / `1`. Never restricted.
    function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external {
        if (block.timestamp > expiry) revert VotesExpiredSignature(expiry);
        bytes32 message = keccak256(abi.encode(DELEGATION_TYPEHASH, delegatee, nonce, expiry));
        address signer = ECDSA.recover(_hashTypedDataV4(message), v, r, s);
        _useCheckedNonce(signer, nonce);
        _delegate(signer, delegatee);
    }

    // ------------------------------------------------------------------ parameters

    /// @inheritdoc IVoteEscrow
    function setPowerTable(uint16[MAX_BUCKETS] calldata table) external restricted {
        _setPowerTable(table);
    }

    /// @inheritdoc IVoteEscrow
    function setScoreThresholds(uint32[10] calldata thresholds) external restricted {
        _setScoreThresholds(thresholds);
    }

    /// @inheritdoc IVoteEscrow
    function setMinimum(uint256 newMinimum) external restricted {
        _setMinimum(newMinimum);
    }

    // ------------------------------------------------------------------ reading

    /// @inheritdoc IVoteEscrow
    function lockOf(address account) public view returns (Lock memory) {
        uint96 amount = _holders[account].amount;
        if (amount == 0) return Lock(0, 0, 0);
        (uint256 power, uint48 end) = _unpack(_locks[account].latest());
        return Lock(amount, uint128(power), end);
    }

    /// @inheritdoc IVoteEscrow
    function powerAt(address account, uint256 timepoint) public view returns (uint256) {
        uint48 time = _past(timepoint);
        (uint256 power, uint48 end) = _unpack(_locks[account].upperLookupRecent(time));
        return time < end ? power : 0;
    }

    /// @inheritdoc IVoteEscrow
    function scoreAt(address account, uint256 timepoint) external view returns (uint256 score) {
        uint256 power = powerAt(account, timepoint);
        uint32[10] memory thresholds = _scoreTables[_scoreTableSince.upperLookupRecent(uint48(timepoint))];
        while (score < thresholds.length && power >= thresholds[score] * WHOLE_TOKEN) ++score;
    }

    /// @inheritdoc IVotes
    function getVotes(address account) external view returns (uint256) {
        return _powerNow(_votes[account]);
    }

    /// @inheritdoc IVotes
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        return _pastPower(_votes[account], timepoint);
    }

    /// @inheritdoc IVotes
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return _pastPower(_total, timepoint);
    }

    /// @inheritdoc IVotes
    /// @dev An account that named nobody votes itself.
    function delegates(address account) public view returns (address) {
        address delegatee = _holders[account].delegatee;
        return delegatee == address(0) ? account : delegatee;
    }

    /// @inheritdoc IVoteEscrow
    function lockNonce(uint256 amount, uint256 buckets, bytes32 salt) public view returns (bytes32) {
        return
            keccak256(
                abi.encode(block.chainid, address(this), this.lockWithAuthorization.selector, amount, buckets, salt)
            );
    }

    /// @inheritdoc IVoteEscrow
    function powerTable() external view returns (uint16[MAX_BUCKETS] memory) {
        return _powerTable;
    }

    /// @inheritdoc IVoteEscrow
    function scoreThresholds() external view returns (uint32[10] memory) {
        return _scoreTables[_scoreTables.length - 1];
    }

    /// @inheritdoc IERC6372
    function clock() public view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    // ------------------------------------------------------------------ inside

    function _lock(address account, uint256 amount, uint256 buckets) private {
        Lock memory old = lockOf(account);
        if (old.amount != 0) revert AlreadyLocked(account, old.end);
        if (amount < minimum) revert BelowMinimum(amount, minimum);
        uint256 power = _powerOf(amount, buckets);
        uint48 end = _endAfter(buckets);

        _holders[account].amount = amount.toUint96();
        emit Locked(account, amount, power, end);
        _setPower(account, power, end);
    }

    function _increase(address account, uint256 amount) private {
        Lock memory old = _existingLock(account);
        if (old.end < clock() + BUCKET) revert LessThanOneBucketLeft(account, old.end);
        uint256 power = old.power + _powerOf(amount, (old.end - clock()) / BUCKET);

        _holders[account].amount = (old.amount + amount).toUint96();
        emit Increased(account, msg.sender, amount, power);
        _setPower(account, power, old.end);

        TOKEN.take(msg.sender, amount);
    }

    /// @dev Gives the lock of `account` another power and end, and its delegatee the difference.
    function _setPower(address account, uint256 power, uint48 end) private {
        (uint256 oldPower, uint48 oldEnd) = _unpack(_locks[account].latest());
        _locks[account].push(clock(), _pack(power, end));

        address delegatee = delegates(account);
        if (oldEnd == end) {
            int256 gain = power.toInt256() - oldPower.toInt256();
            _change(_total, end, gain);
            _changeVotes(delegatee, end, gain);
            return;
        }
        if (oldEnd > clock()) {
            _change(_total, oldEnd, -oldPower.toInt256());
            _changeVotes(delegatee, oldEnd, -oldPower.toInt256());
        }
        _change(_total, end, power.toInt256());
        _changeVotes(delegatee, end, power.toInt256());
    }

    function _delegate(address account, address delegatee) private {
        if (delegatee == address(0)) delegatee = account;
        address old = delegates(account);
        _holders[account].delegatee = delegatee;
        emit DelegateChanged(account, old, delegatee);

        (uint256 power, uint48 end) = _unpack(_locks[account].latest());
        if (old == delegatee || end <= clock()) return;
        _changeVotes(old, end, -power.toInt256());
        _changeVotes(delegatee, end, power.toInt256());
    }

    function _changeVotes(address delegatee, uint48 end, int256 delta) private {
        (uint256 before, uint256 votes) = _change(_votes[delegatee], end, delta);
        emit PowerMoved(delegatee, end, delta);
        emit DelegateVotesChanged(delegatee, before, votes);
    }

    /// @dev `end` lies ahead.
    function _change(Tally storage tally, uint48 end, int256 delta) private returns (uint256 before, uint256 power) {
        before = _powerNow(tally);
        power = (before.toInt256() + delta).toUint256();
        tally.power.push(clock(), _pack(power, clock()));
        tally.ending[end] = (tally.ending[end].toInt256() + delta).toUint256();
    }

    function _powerNow(Tally storage tally) private view returns (uint256) {
        return _after(tally, tally.power.latest(), clock());
    }

    function _pastPower(Tally storage tally, uint256 timepoint) private view returns (uint256) {
        uint48 time = _past(timepoint);
        return _after(tally, tally.power.upperLookupRecent(time), time);
    }

    /// @dev What is left at `time` of the power in a checkpoint. It ends at 14 ends at most, so that the loop is as short.
    function _after(Tally storage tally, uint208 checkpoint, uint48 time) private view returns (uint256 power) {
        uint48 written;
        (power, written) = _unpack(checkpoint);
        for (uint48 end = (written / BUCKET + 1) * BUCKET; power > 0 && end <= time; end += BUCKET) {
            power -= tally.ending[end];
        }
    }

    function _existingLock(address account) private view returns (Lock memory existing) {
        existing = lockOf(account);
        if (existing.amount == 0) revert NothingLocked(account);
    }

    function _powerOf(uint256 amount, uint256 buckets) private view returns (uint256) {
        if (buckets == 0 || buckets > MAX_BUCKETS) revert BucketsOutOfRange(buckets);
        return amount * _powerTable[buckets - 1] / ONE;
    }

    /// @dev The first multiple of a bucket that is `buckets` of them away at least.
    function _endAfter(uint256 buckets) private view returns (uint48) {
        return (clock() + BUCKET - 1) / BUCKET * BUCKET + uint48(buckets) * BUCKET;
    }

    function _past(uint256 timepoint) private view returns (uint48) {
        if (timepoint >= clock()) revert ERC5805FutureLookup(timepoint, clock());
        return uint48(timepoint);
    }

    function _setPowerTable(uint16[MAX_BUCKETS] memory table) private {
        uint256 min = ONE;
        for (uint256 i = 0; i < table.length; ++i) {
            _changeParameter(_key("powerTable.", i + 1), _powerTable[i], table[i], min, MAX_POWER);
            min = table[i];
        }
        _powerTable = table;
    }

    function _setScoreThresholds(uint32[10] memory thresholds) private {
        uint256 count = _scoreTables.length;
        uint32[10] memory old;
        if (count > 0) old = _scoreTables[count - 1];
        uint256 min = 1;
        for (uint256 i = 0; i < thresholds.length; ++i) {
            _changeParameter(_key("scoreThreshold.", i + 1), old[i], thresholds[i], min, MAX_THRESHOLD);
            min = uint256(thresholds[i]) + 1;
        }
        _scoreTables.push(thresholds);
        _scoreTableSince.push(clock(), uint208(count));
    }

    function _setMinimum(uint256 newMinimum) private {
        _changeParameter("minimum", minimum, newMinimum, WHOLE_TOKEN, MAX_MINIMUM);
        minimum = newMinimum;
    }

    function _changeParameter(bytes32 key, uint256 old, uint256 value, uint256 min, uint256 max) private {
        if (value < min || value > max) revert ParameterOutOfBounds(key, value, min, max);
        if (value != old) emit ParameterChanged(key, old, value);
    }

    function _key(string memory name, uint256 number) private pure returns (bytes32) {
        return bytes32(bytes(string.concat(name, Strings.toString(number))));
    }

    /// @dev An account has 98 bits of power at most, so that 160 hold that of all.
    function _pack(uint256 power, uint48 time) private pure returns (uint208) {
        return uint208(power << 48 | time);
    }

    function _unpack(uint208 packed) private pure returns (uint256 power, uint48 time) {
        return (packed >> 48, uint48(packed));
    }
}
