// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositCollector} from "../../src/payment/IDepositCollector.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

interface IMintable {
    function mint(address to, uint256 amount) external;
}

/// @dev Takes the deposit out of an allowance of the payer.
contract AllowanceCollector is IDepositCollector {
    function collect(address payer, address token, uint256 amount, bytes32, bytes calldata) external {
        IERC20(token).transferFrom(payer, msg.sender, amount);
    }
}

/// @dev Makes the deposit out of nothing: for tokens that anyone mints.
contract MintingCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata) external {
        IMintable(token).mint(msg.sender, amount);
    }
}

/// @dev Delivers the amount that it is told to instead of the one it should.
contract LyingCollector is IDepositCollector {
    function collect(address, address token, uint256, bytes32, bytes calldata delivered) external {
        IMintable(token).mint(msg.sender, abi.decode(delivered, (uint256)));
    }
}

/// @dev Delivers, and calls the channel contract back with what it is told; passes a refusal on.
contract ReentrantCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata attack) external {
        IMintable(token).mint(msg.sender, amount);
        (bool success, bytes memory reason) = msg.sender.call(attack);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}

/// @dev A contract wallet that accepts every signature until it changes its mind.
contract FickleWallet is IERC1271 {
    bool private _refuses;

    function changeMind() external {
        _refuses = !_refuses;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return _refuses ? bytes4(0xffffffff) : IERC1271.isValidSignature.selector;
    }
}
