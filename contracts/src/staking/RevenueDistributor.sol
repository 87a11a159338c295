// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {IRevenueDistributor, Mode} from "./IRevenueDistributor.sol";
import {BUCKET, IVoteEscrow} from "./IVoteEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract RevenueDistributor is IRevenueDistributor, PermitMulticall, ReentrancyGuardTransient {
    using ExactTransfer for IERC20;
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Pool {
        uint128 funded;
        uint128 left;
    }

    uint256 private constant CLAIM_EPOCHS = 12;

    /// @inheritdoc IRevenueDistributor
    IVoteEscrow public immutable ESCROW;

    IERC20 private immutable TOKEN;

    /// @inheritdoc IRevenueDistributor
    mapping(IERC20 asset => uint256) public held;

    /// @inheritdoc IRevenueDistributor
    mapping(uint256 epoch => mapping(IERC20 asset => Pool)) public poolOf;

    /// @inheritdoc IRevenueDistributor
    mapping(uint256 epoch => mapping(IERC20 asset => mapping(address account => bool))) public isClaimed;

    /// @dev The escrow takes no other tokens from here than those of {IVoteEscrow-increaseFor}.
    /// @param escrow whose power the revenue is shared by
    /// @param token what it locks
    constructor(IVoteEscrow escrow, IERC20 token) {
        ESCROW = escrow;
        TOKEN = token;
        token.forceApprove(address(escrow), type(uint256).max);
    }

    /// @inheritdoc IRevenueDistributor
    function fund(IERC20 asset, uint256 amount) external nonReentrant {
        _fund(asset, msg.sender, amount);
        asset.take(msg.sender, amount);
    }

    /// @inheritdoc IRevenueDistributor
    function sync(IERC20 asset) external nonReentrant returns (uint256 amount) {
        amount = asset.balanceOf(address(this)).saturatingSub(held[asset]);
        if (amount > 0) _fund(asset, address(0), amount);
    }

    /// @inheritdoc IRevenueDistributor
    function claim(uint256 epoch, IERC20 asset, Mode mode) external nonReentrant returns (uint256 amount) {
        if (epoch >= currentEpoch()) revert EpochNotClosed(epoch);
        if (isClaimed[epoch][asset][msg.sender]) revert AlreadyClaimed(epoch, asset, msg.sender);
        amount = _shareOf(epoch, asset, msg.sender);
        if (amount == 0) revert NothingToClaim(epoch, asset, msg.sender);

        isClaimed[epoch][asset][msg.sender] = true;
        poolOf[epoch][asset].left -= amount.toUint128();
        held[asset] -= amount;

        bool reinvested = mode == Mode.REINVEST && address(asset) == address(TOKEN) && _reinvest(msg.sender, amount);
        emit Claimed(epoch, asset, msg.sender, reinvested ? Mode.REINVEST : Mode.DIRECT, amount);

        if (!reinvested) asset.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IRevenueDistributor
    function rollOver(uint256 epoch, IERC20 asset) external nonReentrant returns (uint256 amount) {
        uint256 into = currentEpoch();
        if (epoch >= into) revert EpochNotClosed(epoch);
        if (into - epoch <= CLAIM_EPOCHS && _totalPower(epoch) > 0) revert ClaimsStillHold(epoch);
        uint128 left = poolOf[epoch][asset].left;
        if (left == 0) return 0;

        delete poolOf[epoch][asset];
        _add(into, asset, left);
        emit RolledOver(epoch, asset, into, left);
        return left;
    }

    /// @inheritdoc IRevenueDistributor
    function claimable(uint256 epoch, IERC20 asset, address account) external view returns (uint256) {
        return epoch >= currentEpoch() || isClaimed[epoch][asset][account] ? 0 : _shareOf(epoch, asset, account);
    }

    /// @inheritdoc IRevenueDistributor
    function currentEpoch() public view returns (uint256) {
        return block.timestamp / BUCKET;
    }

    function _fund(IERC20 asset, address payer, uint256 amount) private {
        uint256 epoch = currentEpoch();
        held[asset] += amount;
        _add(epoch, asset, amount.toUint128());
        emit EpochFunded(epoch, asset, payer, amount);
    }

    function _add(uint256 epoch, IERC20 asset, uint128 amount) private {
        Pool storage pool = poolOf[epoch][asset];
        pool.funded += amount;
        pool.left += amount;
    }

    /// @dev Only the account itself calls, so that whoever makes it fail on purpose is the one who is paid.
    function _reinvest(address account, uint256 amount) private returns (bool) {
        try ESCROW.increaseFor(account, amount) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev An account has 98 bits of power at most, so that nothing overflows.
    function _shareOf(uint256 epoch, IERC20 asset, address account) private view returns (uint256) {
        uint256 funded = poolOf[epoch][asset].funded;
        if (funded == 0) return 0;
        uint256 power = 0;
        for (uint256 time = epoch * BUCKET; time < (epoch + 1) * BUCKET; time += 1 weeks) {
            power += ESCROW.powerAt(account, time);
        }
        return power == 0 ? 0 : funded * power / _totalPower(epoch);
    }

    function _totalPower(uint256 epoch) private view returns (uint256 power) {
        for (uint256 time = epoch * BUCKET; time < (epoch + 1) * BUCKET; time += 1 weeks) {
            power += ESCROW.getPastTotalSupply(time);
        }
    }
}
