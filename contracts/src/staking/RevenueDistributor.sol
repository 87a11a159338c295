// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRevenueDistributor, Mode, Pool} from "./IRevenueDistributor.sol";
import {IVoteEscrow} from "./IVoteEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract RevenueDistributor is IRevenueDistributor, Multicall, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant EPOCH = 28 days;
    uint256 private constant WEEK = 7 days;
    uint256 private constant CLAIMABLE_EPOCHS = 12;

    /// @notice Whose power counts.
    IVoteEscrow public immutable ESCROW;

    /// @notice The only asset that can be reinvested.
    IERC20 public immutable MARKET_TOKEN;

    /// @inheritdoc IRevenueDistributor
    mapping(IERC20 asset => uint256) public held;

    /// @inheritdoc IRevenueDistributor
    mapping(uint256 epoch => mapping(IERC20 asset => mapping(address account => bool))) public hasClaimed;

    mapping(uint256 epoch => mapping(IERC20 asset => Pool)) private _pools;
    /// All power of a closed epoch, kept by the first who needs it: it never changes.
    mapping(uint256 epoch => uint256) private _totals;

    /// @param escrow keeps the power, and locks `marketToken`
    constructor(IVoteEscrow escrow, IERC20 marketToken) {
        ESCROW = escrow;
        MARKET_TOKEN = marketToken;
    }

    /// @inheritdoc IRevenueDistributor
    function fund(IERC20 asset, uint256 amount) external nonReentrant returns (uint256 credited) {
        if (amount > 0) asset.safeTransferFrom(msg.sender, address(this), amount);
        credited = asset.balanceOf(address(this)).saturatingSub(held[asset]);
        if (credited == 0) return 0;

        uint256 epoch = currentEpoch();
        _pools[epoch][asset].funded += credited.toUint128();
        held[asset] += credited;
        emit EpochFunded(epoch, address(asset), msg.sender, credited);
    }

    /// @inheritdoc IRevenueDistributor
    function claim(uint256 epoch, IERC20 asset, Mode mode) external nonReentrant returns (uint256 amount) {
        _requireClosed(epoch);
        uint256 deadline = _deadline(epoch);
        if (block.timestamp >= deadline) revert EpochExpired(epoch, deadline);
        if (hasClaimed[epoch][asset][msg.sender]) revert AlreadyClaimed(epoch, address(asset), msg.sender);

        amount = _shareOf(epoch, asset, msg.sender, _keepTotal(epoch));
        hasClaimed[epoch][asset][msg.sender] = true;
        _pools[epoch][asset].paid += uint128(amount);
        held[asset] -= amount;

        if (mode == Mode.REINVEST && !_reinvest(asset, msg.sender, amount)) mode = Mode.DIRECT;
        emit Claimed(epoch, address(asset), msg.sender, amount, mode);

        if (mode == Mode.DIRECT && amount > 0) asset.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IRevenueDistributor
    function rollOver(uint256 epoch, IERC20 asset) external returns (uint256 amount) {
        _requireClosed(epoch);
        uint256 deadline = _deadline(epoch);
        if (block.timestamp < deadline && _keepTotal(epoch) > 0) revert EpochStillClaimable(epoch, deadline);
        Pool storage pool = _pools[epoch][asset];
        amount = pool.funded - pool.paid;
        if (amount == 0) return 0;

        uint256 into = currentEpoch();
        pool.funded = pool.paid;
        _pools[into][asset].funded += uint128(amount);
        emit RolledOver(epoch, address(asset), into, amount);
    }

    /// @inheritdoc IRevenueDistributor
    function poolOf(uint256 epoch, IERC20 asset) external view returns (Pool memory) {
        return _pools[epoch][asset];
    }

    /// @inheritdoc IRevenueDistributor
    function claimable(uint256 epoch, IERC20 asset, address account) external view returns (uint256) {
        if (block.timestamp < _end(epoch) || block.timestamp >= _deadline(epoch)) return 0;
        return hasClaimed[epoch][asset][account] ? 0 : _shareOf(epoch, asset, account, _total(epoch));
    }

    /// @inheritdoc IRevenueDistributor
    function currentEpoch() public view returns (uint256) {
        return block.timestamp / EPOCH;
    }

    /// @return accepted whether the escrow took `amount` for the lock of `account`
    function _reinvest(IERC20 asset, address account, uint256 amount) private returns (bool accepted) {
        if (address(asset) != address(MARKET_TOKEN) || amount == 0) return false;
        asset.forceApprove(address(ESCROW), amount);
        try ESCROW.increaseFor(account, amount) {
            return true;
        } catch {
            asset.forceApprove(address(ESCROW), 0);
            return false;
        }
    }

    function _keepTotal(uint256 epoch) private returns (uint256 total) {
        total = _total(epoch);
        if (_totals[epoch] == 0) _totals[epoch] = total;
    }

    function _shareOf(uint256 epoch, IERC20 asset, address account, uint256 total) private view returns (uint256) {
        if (total == 0) return 0;
        uint256 power = 0;
        for (uint256 time = epoch * EPOCH; time < _end(epoch); time += WEEK) {
            power += ESCROW.powerAt(account, time);
        }
        return uint256(_pools[epoch][asset].funded).mulDiv(power, total);
    }

    function _total(uint256 epoch) private view returns (uint256 total) {
        total = _totals[epoch];
        if (total > 0) return total;
        for (uint256 time = epoch * EPOCH; time < _end(epoch); time += WEEK) {
            total += ESCROW.getPastTotalSupply(time);
        }
    }

    function _requireClosed(uint256 epoch) private view {
        uint256 end = _end(epoch);
        if (block.timestamp < end) revert EpochNotClosed(epoch, end);
    }

    function _end(uint256 epoch) private pure returns (uint256) {
        return (epoch + 1) * EPOCH;
    }

    function _deadline(uint256 epoch) private pure returns (uint256) {
        return _end(epoch) + CLAIMABLE_EPOCHS * EPOCH;
    }
}
