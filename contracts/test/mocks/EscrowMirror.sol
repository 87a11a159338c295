// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../src/governance/IParameters.sol";
import {BUCKET, IVoteEscrow, Lock} from "../../src/staking/IVoteEscrow.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {VmSafe} from "@prb/test/Vm.sol";

/// @dev Rebuilds the vote escrow from its events and nothing else, as an indexer does.
contract EscrowMirror {
    mapping(bytes32 key => uint256) public parameters;
    mapping(address account => Lock) private _locks;
    mapping(address account => address) private _delegatees;
    mapping(address delegatee => mapping(uint256 end => int256)) private _ending;

    function replay(address escrow, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == escrow) apply_(logs[i].topics, logs[i].data);
        }
    }

    function lockOf(address account) external view returns (Lock memory) {
        return _locks[account];
    }

    function delegates(address account) external view returns (address) {
        return _delegatees[account] == address(0) ? account : _delegatees[account];
    }

    /// @dev Now: the sum over the ends that lie ahead.
    function votesOf(address delegatee) external view returns (uint256) {
        int256 votes = 0;
        for (uint256 i = 1; i <= 14; ++i) {
            votes += _ending[delegatee][(block.timestamp / BUCKET + i) * BUCKET];
        }
        return uint256(votes);
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        if (topic == IParameters.ParameterChanged.selector) {
            (, parameters[topics[1]]) = abi.decode(data, (uint256, uint256));
            return;
        }
        if (topics.length < 2) return;
        address subject = address(uint160(uint256(topics[1])));
        Lock storage lock = _locks[subject];
        if (topic == IVoteEscrow.Locked.selector) {
            (lock.amount, lock.power, lock.end) = abi.decode(data, (uint128, uint128, uint48));
        } else if (topic == IVoteEscrow.Increased.selector) {
            (uint128 amount, uint128 power) = abi.decode(data, (uint128, uint128));
            lock.amount += amount;
            lock.power = power;
        } else if (topic == IVoteEscrow.Extended.selector) {
            (lock.power, lock.end) = abi.decode(data, (uint128, uint48));
        } else if (topic == IVoteEscrow.Withdrawn.selector) {
            require(abi.decode(data, (uint256)) == lock.amount, "another amount was withdrawn than locked");
            delete _locks[subject];
        } else if (topic == IVotes.DelegateChanged.selector) {
            _delegatees[subject] = address(uint160(uint256(topics[3])));
        } else if (topic == IVoteEscrow.PowerMoved.selector) {
            _ending[subject][uint256(topics[2])] += abi.decode(data, (int256));
        }
    }
}
