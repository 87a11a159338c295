// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProtocolFees} from "./IProtocolFees.sol";
import {IRevenueDistributor} from "./IRevenueDistributor.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract ProtocolFees is IProtocolFees, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint16 private constant BPS = 10_000;

    /// @notice Shares out what the stakers get.
    IRevenueDistributor public immutable DISTRIBUTOR;

    /// @notice The only asset that is burnt.
    ERC20Burnable public immutable MARKET_TOKEN;

    /// @inheritdoc IProtocolFees
    address public treasury;

    /// @inheritdoc IProtocolFees
    uint16 public stakersBps;

    /// @inheritdoc IProtocolFees
    uint16 public burnBps;

    /// @param authority decides who may call the restricted functions
    /// @param firstTreasury gets everything until the DAO sets shares
    constructor(address authority, IRevenueDistributor distributor, ERC20Burnable marketToken, address firstTreasury)
        AccessManaged(authority)
    {
        DISTRIBUTOR = distributor;
        MARKET_TOKEN = marketToken;
        _setTreasury(firstTreasury);
    }

    /// @inheritdoc IProtocolFees
    function divide(IERC20 asset) external nonReentrant {
        uint256 amount = asset.balanceOf(address(this));
        if (amount == 0) return;
        uint256 stakersAmount = amount * stakersBps / BPS;
        uint256 burnt = address(asset) == address(MARKET_TOKEN) ? amount * burnBps / BPS : 0;
        uint256 treasuryAmount = amount - stakersAmount - burnt;
        emit Divided(address(asset), treasuryAmount, stakersAmount, burnt);

        if (stakersAmount > 0) {
            asset.forceApprove(address(DISTRIBUTOR), stakersAmount);
            DISTRIBUTOR.fund(asset, stakersAmount);
        }
        if (burnt > 0) MARKET_TOKEN.burn(burnt);
        if (treasuryAmount > 0) asset.safeTransfer(treasury, treasuryAmount);
    }

    /// @inheritdoc IProtocolFees
    function setShares(uint16 stakers, uint16 burn) external restricted {
        if (stakers > BPS) revert ParameterOutOfBounds("stakersBps", stakers, 0, BPS);
        if (burn > BPS - stakers) revert ParameterOutOfBounds("burnBps", burn, 0, BPS - stakers);
        emit ParameterChanged("stakersBps", stakersBps, stakers);
        emit ParameterChanged("burnBps", burnBps, burn);
        stakersBps = stakers;
        burnBps = burn;
    }

    /// @inheritdoc IProtocolFees
    function setTreasury(address account) external restricted {
        _setTreasury(account);
    }

    function _setTreasury(address account) private {
        if (account == address(0)) revert NoTreasury();
        emit ParameterChanged("treasury", uint160(treasury), uint160(account));
        treasury = account;
    }
}
