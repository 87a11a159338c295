// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PlainToken} from "./Tokens.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";

/// @dev Passes a refusal on as it came.
function callOn(address target, bytes memory data) {
    (bool success, bytes memory reason) = target.call(data);
    if (!success) {
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}

/// @dev Does what it is told when it receives passes or titles, from inside the call that brings them.
contract ReentrantReceiver is ERC1155Holder, ERC721Holder {
    address private _target;
    bytes private _attack;

    function attackWith(address target, bytes calldata data) external {
        (_target, _attack) = (target, data);
    }

    function act(address target, bytes calldata data) external {
        callOn(target, data);
    }

    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes memory data)
        public
        override
        returns (bytes4)
    {
        if (_target != address(0)) callOn(_target, _attack);
        return super.onERC1155Received(operator, from, id, value, data);
    }

    function onERC721Received(address operator, address from, uint256 id, bytes memory data)
        public
        override
        returns (bytes4)
    {
        if (_target != address(0)) callOn(_target, _attack);
        return super.onERC721Received(operator, from, id, data);
    }
}

/// @dev Lets its payer act before every transfer, as ERC-777 does.
contract HookedToken is PlainToken {
    address private _target;
    bytes private _attack;

    function attackWith(address target, bytes calldata data) external {
        (_target, _attack) = (target, data);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (from != address(0) && _target != address(0)) callOn(_target, _attack);
        super._update(from, to, amount);
    }
}

/// @dev Moves balances without allowances and returns nothing, as the oldest tokens do.
contract MuteToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        transferFrom(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Says what it is told about transfers, and moves nothing.
contract LyingToken {
    bool private immutable ANSWER;

    constructor(bool answer) {
        ANSWER = answer;
    }

    function balanceOf(address) external pure returns (uint256) {
        return 1_000;
    }

    function transferFrom(address, address, uint256) external view returns (bool) {
        return ANSWER;
    }
}

/// @dev Answers every question with the same bytes, after burning some gas, or not at all.
contract RoyaltyBomb {
    bytes private _answer;
    bool private _reverts;
    bool private _burns;

    function set(bytes calldata answer, bool reverts, bool burns) external {
        (_answer, _reverts, _burns) = (answer, reverts, burns);
    }

    function royaltyInfo(uint256, uint256) external view returns (address, uint256) {
        while (_burns) {}
        bytes memory answer = _answer;
        bool reverts = _reverts;
        assembly ("memory-safe") {
            if reverts { revert(add(answer, 0x20), mload(answer)) }
            return(add(answer, 0x20), mload(answer))
        }
    }

    /// @dev The rest of what the market asks of passes.
    function listingOf(uint256) external pure returns (uint256) {
        return 1;
    }

    function expiryOf(uint256) external pure returns (uint256) {
        return 0;
    }

    function safeTransferFrom(address, address, uint256, uint256, bytes calldata) external {}
}
