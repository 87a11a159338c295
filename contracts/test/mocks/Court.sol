// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case, IDisputable} from "../../src/governance/IDisputable.sol";
import {IEvaluable} from "../../src/governance/IEvaluable.sol";
import {PlainToken} from "./Tokens.sol";

/// @dev A governor whose DAO does what the test says, through a timelock that is itself.
contract FakeGovernor {
    uint256 public votingDelay = 1 days;
    uint256 public votingPeriod = 7 days;
    uint48 public lateQuorumVoteExtension = 2 days;
    uint256 public getMinDelay = 2 days;
    address public timelock = address(this);

    string public lastDescription;
    address public lastProposer;
    mapping(uint256 proposalId => bytes) public calls;
    mapping(uint256 proposalId => address) public targets;

    function propose(address[] memory to, uint256[] memory, bytes[] memory data, string memory description)
        external
        returns (uint256 id)
    {
        id = uint256(keccak256(abi.encode(to, data, description)));
        require(targets[id] == address(0), "proposed before");
        (targets[id], calls[id]) = (to[0], data[0]);
        (lastDescription, lastProposer) = (description, msg.sender);
    }

    function carryOut(uint256 id) external {
        (bool success, bytes memory reason) = targets[id].call(calls[id]);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function setVotingPeriod(uint256 period) external {
        votingPeriod = period;
    }

    function setTimelock(address newTimelock) external {
        timelock = newTimelock;
    }
}

/// @dev Something in dispute between whom the test says.
contract FakeSubject is IDisputable {
    mapping(uint256 id => Case) private _cases;
    mapping(uint256 id => uint48) public heldUntil;
    mapping(uint256 id => uint16) public claimantBps;
    mapping(uint256 id => uint256) public damage;
    mapping(uint256 id => uint256) public ends;
    bool public fails;
    uint256 private _burden;

    function put(uint256 id, Case calldata disputed) external {
        _cases[id] = disputed;
    }

    function setFails(bool yes) external {
        fails = yes;
    }

    /// @dev Makes what the court orders long to do.
    function setBurden(uint256 rounds) external {
        _burden = rounds;
    }

    function caseOf(uint256 id, address) external view returns (Case memory) {
        if (heldUntil[id] != 0) revert NotDisputable(id);
        return _cases[id];
    }

    function hold(uint256 id, address, uint48 until) external {
        if (heldUntil[id] != 0) revert NotDisputable(id);
        heldUntil[id] = until;
    }

    function resolve(uint256 id, address, uint16 bps, uint256 proven) external {
        _end(id);
        (claimantBps[id], damage[id]) = (bps, proven);
    }

    function release(uint256 id, address) external {
        _end(id);
    }

    function _end(uint256 id) private {
        require(!fails, "stuck");
        if (heldUntil[id] == 0) revert NotDisputable(id);
        for (uint256 i = 0; i < _burden; ++i) {
            damage[i] = i + 1;
        }
        delete heldUntil[id];
        ++ends[id];
    }
}

/// @dev One submitted job.
contract FakeJobs is IEvaluable {
    address private immutable CLIENT;

    uint48 public acceptableAt;
    bytes32 public reason;

    constructor(address client, uint48 from) {
        CLIENT = client;
        acceptableAt = from;
    }

    function clientOf(uint256) external view returns (address) {
        return CLIENT;
    }

    function acceptableFrom(uint256) external view returns (uint48) {
        return acceptableAt;
    }

    function complete(uint256, bytes32 why, bytes calldata) external {
        reason = why;
    }
}

/// @dev Makes somebody call back while it is being moved, and passes the refusal on.
contract CallbackToken is PlainToken {
    address private _target;
    bytes private _attack;

    function attackWith(address target, bytes calldata call) external {
        (_target, _attack) = (target, call);
    }

    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || _target == address(0)) return;
        (bool success, bytes memory reason) = _target.call(_attack);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
