// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRevenueSplitter} from "../../src/listing/IRevenueSplitter.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract PlainToken is ERC20("Plain", "PLN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev Moves balances, returns nothing, as the oldest tokens do.
contract SilentToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Says no instead of reverting.
contract FalseToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }
}

/// @dev Keeps a percent of every transfer from the receiver.
contract FeeToken is PlainToken {
    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / 100;
        super._update(from, to, amount - fee);
        if (fee > 0) super._update(from, address(0xFEE), fee);
    }
}

/// @dev Takes a percent more than it was asked to move from the sender.
contract OverdrawingToken is PlainToken {
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && amount >= 100) super._update(from, address(0xFEE), amount / 100);
    }
}

/// @dev Refuses to pay whom its issuer blocked.
contract BlockingToken is PlainToken {
    mapping(address => bool) private _blocked;

    function setBlocked(address account) external {
        _blocked[account] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!_blocked[to], "blocked");
        super._update(from, to, amount);
    }
}

/// @dev Calls the splitter back from inside a transfer, and passes its refusal on.
contract ReentrantToken is PlainToken {
    bytes private _attack;

    function attackWith(bytes calldata call) external {
        _attack = call;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || _attack.length == 0) return;
        (bool success, bytes memory reason) = from.call(_attack);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}

/// @dev Shrinks balances at will, as rebasing tokens do.
contract ShrinkingToken is PlainToken {
    function shrink(address account, uint256 amount) external {
        _burn(account, amount);
    }
}

/// @dev Re-enters {distribute} while its balance is being read there.
contract BalanceReentrantToken {
    address private _splitter;

    function attack(address splitter) external {
        _splitter = splitter;
    }

    function balanceOf(address) external view returns (uint256) {
        if (_splitter != address(0)) {
            (bool success,) = _splitter.staticcall(abi.encodeCall(IRevenueSplitter.distribute, (address(this))));
            if (success) return type(uint128).max;
        }
        return 1_000;
    }
}
