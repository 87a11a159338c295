// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chains} from "./Chains.sol";
import {IParameters} from "./IParameters.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title Carries out what the DAO decided, after a delay in which people can leave
/// @notice OpenZeppelin's TimelockController with bounds on its delay: 2 to 14 days, on a development chain also less.
contract MarketTimelock is TimelockController, IParameters {
    uint256 private constant MIN_DELAY = 2 days;
    uint256 private constant MAX_DELAY = 14 days;

    /// @param delay seconds between a decision and what follows from it
    /// @param admin grants the first roles, and gives that up
    constructor(uint256 delay, address admin) TimelockController(delay, new address[](0), _anyone(), admin) {
        _change(0, delay);
    }

    /// @inheritdoc TimelockController
    function updateDelay(uint256 delay) public override {
        _change(getMinDelay(), delay);
        super.updateDelay(delay);
    }

    function _change(uint256 oldDelay, uint256 newDelay) private {
        uint256 min = Chains.isDevelopment() ? 0 : MIN_DELAY;
        if (newDelay < min || newDelay > MAX_DELAY) {
            revert ParameterOutOfBounds("timelockDelay", newDelay, min, MAX_DELAY);
        }
        emit ParameterChanged("timelockDelay", oldDelay, newDelay);
    }

    function _anyone() private pure returns (address[] memory) {
        return new address[](1);
    }
}
