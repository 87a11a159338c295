// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @title The protocol's part of the market's revenue
/// @notice Receives the protocol fee of all listings and the fee of the token market, in any asset, and divides it between
/// the treasury, the stakers and the fire. It keeps nothing: whatever it holds is what nobody divided yet.
///
/// How it is divided is the DAO's: a share of revenue for stakers is off until the DAO sets one.
interface IProtocolFees is IParameters {
    /// @notice All there was of `asset` was divided; `burnt` is always zero for other assets than the market token.
    event Divided(address indexed asset, uint256 treasuryAmount, uint256 stakersAmount, uint256 burnt);

    /// @notice There must be a treasury.
    error NoTreasury();

    /// @notice Divides all there is of `asset`. Open to anyone. Parts are rounded down, the treasury gets the rest, and the
    /// part to burn too if the asset is not the market token.
    function divide(IERC20 asset) external;

    /// @notice Sets what the stakers get and what is burnt, in hundredths of a percent; together at most 10,000. What has
    /// arrived is divided by the new shares too. Restricted to the DAO.
    function setShares(uint16 stakers, uint16 burn) external;

    /// @notice Sets who gets the rest. Restricted to the DAO.
    function setTreasury(address account) external;

    /// @notice Hundredths of a percent for the stakers.
    function stakersBps() external view returns (uint16);

    /// @notice Hundredths of a percent of the market token that are burnt.
    function burnBps() external view returns (uint16);

    /// @notice Who gets the rest.
    function treasury() external view returns (address);
}
