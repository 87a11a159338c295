// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProtocolFees, Payee} from "./IProtocolFees.sol";
import {IRevenueDistributor} from "./IRevenueDistributor.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract ProtocolFees is IProtocolFees, AccessManaged, Multicall, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;

    struct Shares {
        uint16 treasuryBps;
        uint16 stakersBps;
        uint16 burnBps;
    }

    uint256 private constant BPS = 10_000;

    /// @inheritdoc IProtocolFees
    IRevenueDistributor public immutable DISTRIBUTOR;

    ERC20Burnable private immutable TOKEN;

    /// @inheritdoc IProtocolFees
    Shares public shares;

    /// @inheritdoc IProtocolFees
    address public treasury;

    /// @inheritdoc IProtocolFees
    mapping(IERC20 asset => uint256) public owed;

    /// In basis points of an atomic unit.
    mapping(IERC20 asset => mapping(Payee payee => uint256)) private _partsOf;

    /// @param authority decides who may call the restricted functions
    /// @param distributor pays those who lock
    /// @param token the market token
    /// @param initialTreasury has all revenue until the DAO sets other shares
    constructor(address authority, IRevenueDistributor distributor, ERC20Burnable token, address initialTreasury)
        AccessManaged(authority)
    {
        DISTRIBUTOR = distributor;
        TOKEN = token;
        _setTreasury(initialTreasury);
        _setShares(Shares(uint16(BPS), 0, 0));
    }

    /// @inheritdoc IProtocolFees
    function divide(IERC20 asset) external nonReentrant returns (uint256 revenue) {
        revenue = undivided(asset);
        if (revenue == 0) return 0;

        owed[asset] += revenue;
        Shares memory current = shares;
        uint256 burnBps = address(asset) == address(TOKEN) ? current.burnBps : 0;
        uint256 toTreasury = _credit(asset, Payee.TREASURY, revenue * (BPS - current.stakersBps - burnBps));
        uint256 toStakers = _credit(asset, Payee.STAKERS, revenue * current.stakersBps);
        uint256 toBurn = _credit(asset, Payee.BURN, revenue * burnBps);
        emit Divided(asset, revenue, toTreasury, toStakers, toBurn);
    }

    /// @inheritdoc IProtocolFees
    function pay(IERC20 asset, Payee payee) external nonReentrant returns (uint256 amount) {
        uint256 parts = _partsOf[asset][payee];
        amount = parts / BPS;
        if (amount == 0) return 0;

        _partsOf[asset][payee] = parts % BPS;
        owed[asset] -= amount;
        emit Paid(asset, payee, amount);

        if (payee == Payee.TREASURY) {
            asset.safeTransfer(treasury, amount);
        } else if (payee == Payee.STAKERS) {
            asset.forceApprove(address(DISTRIBUTOR), amount);
            DISTRIBUTOR.fund(asset, amount);
        } else {
            TOKEN.burn(amount);
        }
    }

    /// @inheritdoc IProtocolFees
    function setShares(uint16 treasuryBps, uint16 stakersBps, uint16 burnBps) external restricted {
        _setShares(Shares(treasuryBps, stakersBps, burnBps));
    }

    /// @inheritdoc IProtocolFees
    function setTreasury(address newTreasury) external restricted {
        _setTreasury(newTreasury);
    }

    /// @inheritdoc IProtocolFees
    function creditOf(IERC20 asset, Payee payee) external view returns (uint256) {
        return _partsOf[asset][payee] / BPS;
    }

    /// @inheritdoc IProtocolFees
    function undivided(IERC20 asset) public view returns (uint256) {
        return asset.balanceOf(address(this)).saturatingSub(owed[asset]);
    }

    /// @return whole how many atomic units can be paid now that could not before
    function _credit(IERC20 asset, Payee payee, uint256 parts) private returns (uint256 whole) {
        if (parts == 0) return 0;
        uint256 before = _partsOf[asset][payee];
        _partsOf[asset][payee] = before + parts;
        return (before + parts) / BPS - before / BPS;
    }

    function _setShares(Shares memory next) private {
        uint256 sum = uint256(next.treasuryBps) + next.stakersBps + next.burnBps;
        if (sum != BPS) revert SharesNotWhole(sum);
        Shares memory old = shares;
        shares = next;
        emit ParameterChanged("treasuryBps", old.treasuryBps, next.treasuryBps);
        emit ParameterChanged("stakersBps", old.stakersBps, next.stakersBps);
        emit ParameterChanged("burnBps", old.burnBps, next.burnBps);
    }

    function _setTreasury(address newTreasury) private {
        if (newTreasury == address(0)) revert NoTreasury();
        address old = treasury;
        treasury = newTreasury;
        emit ParameterChanged("treasury", uint160(old), uint160(newTreasury));
    }
}
