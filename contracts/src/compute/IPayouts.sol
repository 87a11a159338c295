// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Payments that nobody can hold up
/// @notice What an escrow owes is sent at once. If the token refuses to move it, for instance because its issuer blocked
/// the payee, it is held for that payee instead, and what belongs to others moves on. What the court awards is always
/// held first, so that no party can stand in the way of a ruling.
interface IPayouts {
    /// @notice `amount` belongs to `payee`, but was not sent: {withdrawHeld} pays it.
    event PaymentHeld(address indexed asset, address indexed payee, uint256 amount);

    /// @notice All that was held for `payee` was paid to it.
    event HeldPaymentWithdrawn(address indexed asset, address indexed payee, uint256 amount);

    /// @notice Pays all that is held for `payee` to `payee`. Open to anyone. Does nothing if nothing is held.
    /// @return amount paid, in atomic units
    function withdrawHeld(address asset, address payee) external returns (uint256 amount);

    /// @notice What {withdrawHeld} would pay, in atomic units.
    function heldFor(address asset, address payee) external view returns (uint256);
}
