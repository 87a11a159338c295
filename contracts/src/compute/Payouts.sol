// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPayouts} from "./IPayouts.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

abstract contract Payouts is IPayouts, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IPayouts
    mapping(address asset => mapping(address payee => uint256)) public heldFor;

    /// @inheritdoc IPayouts
    function withdrawHeld(address asset, address payee) external nonReentrant returns (uint256 amount) {
        amount = heldFor[asset][payee];
        if (amount == 0) return 0;

        delete heldFor[asset][payee];
        emit HeldPaymentWithdrawn(asset, payee, amount);

        IERC20(asset).safeTransfer(payee, amount);
    }

    /// @dev Comes last in its function, which must not be open to reentrance. A refusal changes nothing but who has to
    /// ask for the money.
    function _pay(address asset, address payee, uint256 amount) internal {
        if (amount > 0 && !IERC20(asset).trySafeTransfer(payee, amount)) _keep(asset, payee, amount);
    }

    /// @dev As {_pay}, without asking the token.
    function _keep(address asset, address payee, uint256 amount) internal {
        if (amount == 0) return;
        heldFor[asset][payee] += amount;
        emit PaymentHeld(asset, payee, amount);
    }
}
