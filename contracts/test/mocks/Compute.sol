// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobHook} from "../../src/compute/IJobHook.sol";
import {IDisputable} from "../../src/governance/IDisputable.sol";
import {IEvaluable} from "../../src/governance/IEvaluable.sol";
import {PlainToken} from "./Tokens.sol";

/// @dev A court that decides what it is told to, by whomever.
contract FakeCourt {
    error TooEarly();

    function open(IDisputable subject, uint256 id, uint48 until) external {
        subject.caseOf(id, msg.sender);
        subject.hold(id, msg.sender, until);
    }

    function resolve(IDisputable subject, uint256 id, uint16 claimantBps) external {
        subject.resolve(id, address(0), claimantBps, 0);
    }

    function release(IDisputable subject, uint256 id) external {
        subject.release(id, address(0));
    }

    function accept(IEvaluable jobs, uint256 id) external {
        jobs.complete(id, "accepted", "");
    }

    function acceptByTimeout(IEvaluable jobs, uint256 id) external {
        if (block.timestamp < jobs.acceptableFrom(id)) revert TooEarly();
        jobs.complete(id, "not disputed", "");
    }

    function reject(IRejectable jobs, uint256 id, bytes32 reason) external {
        jobs.reject(id, reason, "");
    }
}

interface IRejectable {
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;
}

/// @dev Remembers what it was told.
contract RecordingHook is IJobHook {
    bytes32[] public told;

    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        told.push(keccak256(abi.encode("before", jobId, selector, data)));
    }

    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        told.push(keccak256(abi.encode("after", jobId, selector, data)));
    }

    function count() external view returns (uint256) {
        return told.length;
    }
}

/// @dev Objects before, after, or always, once it is told to.
contract RefusingHook is IJobHook {
    bool public refusesBefore;
    bool public refusesAfter;

    function refuse(bool before, bool afterwards) external {
        (refusesBefore, refusesAfter) = (before, afterwards);
    }

    function beforeAction(uint256, bytes4, bytes calldata) external view {
        require(!refusesBefore, "no");
    }

    function afterAction(uint256, bytes4, bytes calldata) external view {
        require(!refusesAfter, "no");
    }
}

/// @dev Uses all the gas that it gets, once it is told to.
contract BurningHook {
    bool private _burns;

    function burn() external {
        _burns = true;
    }

    fallback() external {
        if (!_burns) return;
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// @dev Answers with as much as its gas can buy, and fails.
contract BabblingHook {
    bool private _babbles;

    function babble() external {
        _babbles = true;
    }

    fallback() external {
        if (!_babbles) return;
        assembly ("memory-safe") {
            revert(0, 240000)
        }
    }
}

/// @dev Calls back whoever calls it, and passes the refusal on.
contract ReentrantHook {
    bytes private _attack;

    function attackWith(bytes calldata call) external {
        _attack = call;
    }

    fallback() external {
        if (_attack.length == 0) return;
        (bool success,) = msg.sender.call(_attack);
        require(success, "refused");
    }
}

/// @dev Returns nothing from its transfers.
contract SilentAllowanceToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Once it is told to, answers every transfer with false and moves nothing.
contract MoodyToken is PlainToken {
    bool private _refuses;

    function setRefusing(bool refuses) external {
        _refuses = refuses;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transferFrom(from, to, amount);
    }
}

/// @dev Refuses to pay whom its issuer blocks, until it no longer does.
contract ComplianceToken is PlainToken {
    mapping(address => bool) public isBlocked;

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!isBlocked[to], "blocked");
        super._update(from, to, amount);
    }
}

/// @dev Calls its target while it moves, in both directions, and fails with it.
contract CallbackToken is PlainToken {
    address private _target;
    bytes private _attack;

    function attackWith(address target, bytes calldata call) external {
        (_target, _attack) = (target, call);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        (bool success, bytes memory reason) = _target.call(_attack);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}
