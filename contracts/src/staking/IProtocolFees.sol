// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {IRevenueDistributor} from "./IRevenueDistributor.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @notice What the fees of the market go to.
enum Payee {
    /// The treasury of the DAO.
    TREASURY,
    /// Those who lock, by way of the revenue distributor.
    STAKERS,
    /// Nobody: market tokens that are no more.
    BURN
}

/// @title The fees of the market
/// @notice Whatever ERC-20 reaches this address is revenue of the protocol. {divide} credits it to the payees, {pay} pays a
/// credit out. Only market tokens are burned: of other assets, that part is the treasury's. All of it is the treasury's until
/// the DAO sets other shares.
///
/// Invariants, for every asset: balance = owed + undivided; owed = sum of all credits. Credits are exact: a fraction of an
/// atomic unit waits until it has grown to a whole one, so that it makes no difference when or how often revenue is divided.
/// Nothing that one payee or one asset does can hold up another.
/// @dev An asset that takes balances away can leave less than is owed: then the first payees are paid. Other assets are not
/// touched by it. The distributor refuses assets that move less than they are asked to: the stakers' part of them stays.
///
/// Parameters of the DAO: `treasuryBps`, `stakersBps`, `burnBps`, 10,000 together; `treasury`, an address.
interface IProtocolFees is IParameters {
    /// @notice `revenue` was credited. The amounts are the atomic units by which {creditOf} rose: fractions wait.
    event Divided(
        IERC20 indexed asset, uint256 revenue, uint256 treasuryAmount, uint256 stakersAmount, uint256 burnAmount
    );

    /// @notice The whole credit of `payee` was paid.
    event Paid(IERC20 indexed asset, Payee indexed payee, uint256 amount);

    /// @notice The three shares must be 10,000 together.
    error SharesNotWhole(uint256 sum);

    /// @notice There must be a treasury.
    error NoTreasury();

    /// @notice Credits all undivided revenue of `asset`. Open to anyone. Does nothing when there is nothing to divide.
    /// @return revenue that was credited, in atomic units
    function divide(IERC20 asset) external returns (uint256 revenue);

    /// @notice Pays the whole credit of `payee`: to the treasury as it is now, into the current epoch of the distributor, or
    /// to nobody. Open to anyone. Does nothing without a credit.
    /// @return amount paid, in atomic units
    function pay(IERC20 asset, Payee payee) external returns (uint256 amount);

    /// @notice Sets by what {divide} goes from now on, in basis points. Restricted to the DAO.
    function setShares(uint16 treasuryBps, uint16 stakersBps, uint16 burnBps) external;

    /// @notice Sets who is paid as the treasury from now on, what it is credited with already included. Restricted to the DAO.
    function setTreasury(address newTreasury) external;

    /// @notice What {pay} would pay now, in atomic units.
    function creditOf(IERC20 asset, Payee payee) external view returns (uint256);

    /// @notice Sum of all credits in `asset`, fractions included, in atomic units.
    function owed(IERC20 asset) external view returns (uint256);

    /// @notice Revenue in `asset` that nobody is credited with yet, in atomic units.
    function undivided(IERC20 asset) external view returns (uint256);

    /// @notice How revenue is divided, in basis points.
    function shares() external view returns (uint16 treasuryBps, uint16 stakersBps, uint16 burnBps);

    /// @notice Who is paid as the treasury.
    function treasury() external view returns (address);

    /// @notice Whom the stakers' part is paid to.
    // forge-lint: disable-next-line(mixed-case-function)
    function DISTRIBUTOR() external view returns (IRevenueDistributor);
}
