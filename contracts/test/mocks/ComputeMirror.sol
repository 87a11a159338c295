// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow, Job, JobStatus} from "../../src/compute/IJobEscrow.sol";
import {CloseReason, ILeaseEscrow, Lease, LeaseStatus} from "../../src/compute/ILeaseEscrow.sol";
import {IPayouts} from "../../src/compute/IPayouts.sol";
import {IParameters} from "../../src/governance/IParameters.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev What an escrow holds, according to its events alone.
abstract contract PayoutsMirror {
    mapping(uint256 listing => address) public splitterOf;

    /// @dev What the registry's {SplitsChanged} tells.
    function learn(uint256 listing, address splitter) external {
        splitterOf[listing] = splitter;
    }

    mapping(address asset => uint256) public balanceOf;
    mapping(address asset => mapping(address payee => uint256)) public heldFor;

    function readPayout(Vm.Log memory log) internal {
        address asset = address(uint160(uint256(log.topics[1])));
        address payee = address(uint160(uint256(log.topics[2])));
        if (log.topics[0] == IPayouts.PaymentHeld.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            heldFor[asset][payee] += amount;
            balanceOf[asset] += amount;
        } else if (log.topics[0] == IPayouts.HeldPaymentWithdrawn.selector) {
            balanceOf[asset] -= abi.decode(log.data, (uint256));
            heldFor[asset][payee] = 0;
        }
    }
}

/// @dev Every job, according to the events alone.
contract JobMirror is PayoutsMirror {
    mapping(uint256 id => Job) private _jobs;
    mapping(address hook => bool) public isHookAllowed;
    address public feeRecipient;
    uint16 public feeBps;
    uint256 public jobCount;

    function job(uint256 id) external view returns (Job memory) {
        return _jobs[id];
    }

    function read(address escrow, Vm.Log[] memory logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == escrow && logs[i].topics.length > 1) readOne(logs[i]);
        }
    }

    function readOne(Vm.Log memory log) private {
        bytes32 name = log.topics[0];
        uint256 id = uint256(log.topics[1]);
        Job storage job_ = _jobs[id];
        if (name == IJobEscrow.JobCreated.selector) {
            ++jobCount;
            job_.client = address(uint160(uint256(log.topics[2])));
            job_.provider = address(uint160(uint256(log.topics[3])));
            (, uint256 expiredAt) = abi.decode(log.data, (address, uint256));
            job_.expiredAt = uint48(expiredAt);
        } else if (name == IJobEscrow.JobDescribed.selector) {
            job_.listing = uint96(uint256(log.topics[2]));
            job_.asset = address(uint160(uint256(log.topics[3])));
            (job_.hook,) = abi.decode(log.data, (address, string));
        } else if (name == IJobEscrow.ProviderSet.selector) {
            job_.provider = address(uint160(uint256(log.topics[2])));
        } else if (name == IJobEscrow.BudgetSet.selector) {
            job_.budget = uint96(abi.decode(log.data, (uint256)));
        } else if (name == IJobEscrow.JobFunded.selector) {
            job_.status = JobStatus.FUNDED;
            job_.feeBps = feeBps;
            job_.splitter = splitterOf[job_.listing];
            balanceOf[job_.asset] += abi.decode(log.data, (uint256));
        } else if (name == IJobEscrow.JobSubmitted.selector) {
            job_.status = JobStatus.SUBMITTED;
            job_.submittedAt = uint48(block.timestamp);
        } else if (name == IJobEscrow.JobCompleted.selector) {
            job_.status = JobStatus.COMPLETED;
        } else if (name == IJobEscrow.JobRejected.selector) {
            job_.status = JobStatus.REJECTED;
        } else if (name == IJobEscrow.JobExpired.selector) {
            job_.status = JobStatus.EXPIRED;
        } else if (
            name == IJobEscrow.PaymentReleased.selector || name == IJobEscrow.EvaluatorFeePaid.selector
                || name == IJobEscrow.Refunded.selector
        ) {
            balanceOf[job_.asset] -= abi.decode(log.data, (uint256));
        } else if (name == IJobEscrow.JobHeld.selector) {
            job_.heldUntil = abi.decode(log.data, (uint48));
        } else if (name == IJobEscrow.JobReleased.selector) {
            job_.heldUntil = 0;
        } else if (name == IJobEscrow.HookAllowed.selector) {
            isHookAllowed[address(uint160(id))] = abi.decode(log.data, (bool));
        } else if (name == IParameters.ParameterChanged.selector) {
            (, uint256 value) = abi.decode(log.data, (uint256, uint256));
            if (bytes32(id) == "evaluatorFeeBps") feeBps = uint16(value);
            if (bytes32(id) == "evaluatorFeeRecipient") feeRecipient = address(uint160(value));
        } else if (log.topics.length == 3) {
            readPayout(log);
        }
    }
}

/// @dev Every lease, according to the events alone.
contract LeaseMirror is PayoutsMirror {
    mapping(uint256 id => Lease) private _leases;

    function lease(uint256 id) external view returns (Lease memory) {
        return _leases[id];
    }

    function read(address escrow, Vm.Log[] memory logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == escrow && logs[i].topics.length > 1) readOne(logs[i]);
        }
    }

    function readOne(Vm.Log memory log) private {
        bytes32 name = log.topics[0];
        Lease storage lease_ = _leases[uint256(log.topics[1])];
        if (name == ILeaseEscrow.LeaseOpened.selector) {
            readOpened(lease_, log);
        } else if (name == ILeaseEscrow.LeaseActivated.selector) {
            lease_.status = LeaseStatus.ACTIVE;
            lease_.activatedAt = abi.decode(log.data, (uint48));
        } else if (name == ILeaseEscrow.LeaseToppedUp.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            lease_.deposit += uint128(amount);
            balanceOf[lease_.asset] += amount;
        } else if (name == ILeaseEscrow.LeaseWithdrawn.selector) {
            settle(lease_, abi.decode(log.data, (uint256)));
        } else if (name == ILeaseEscrow.LeaseClosed.selector) {
            lease_.status = LeaseStatus.CLOSED;
            lease_.reason = CloseReason(uint256(log.topics[3]));
            uint256 refund;
            (lease_.endedAt, refund) = abi.decode(log.data, (uint48, uint256));
            balanceOf[lease_.asset] -= refund;
        } else if (name == ILeaseEscrow.LeaseHeld.selector) {
            lease_.heldUntil = abi.decode(log.data, (uint48));
        } else if (name == ILeaseEscrow.LeaseReleased.selector) {
            lease_.heldUntil = 0;
        } else if (name == ILeaseEscrow.LeaseResolved.selector) {
            lease_.heldUntil = 0;
            (uint256 toTenant, uint256 toProvider) = abi.decode(log.data, (uint256, uint256));
            settle(lease_, toTenant + toProvider);
        } else {
            readPayout(log);
        }
    }

    function readOpened(Lease storage lease_, Vm.Log memory log) private {
        uint256 deposit;
        lease_.listing = uint96(uint256(log.topics[2]));
        lease_.tenant = address(uint160(uint256(log.topics[3])));
        lease_.status = LeaseStatus.PROVISIONING;
        (, lease_.asset, lease_.ratePerHour, lease_.operator) =
            abi.decode(log.data, (bytes32, address, uint96, address));
        (,,,, lease_.provisionBy, lease_.maxEnd, deposit) =
            abi.decode(log.data, (bytes32, address, uint96, address, uint48, uint48, uint256));
        lease_.deposit = uint128(deposit);
        lease_.splitter = splitterOf[lease_.listing];
        balanceOf[lease_.asset] += deposit;
    }

    function settle(Lease storage lease_, uint256 amount) private {
        lease_.settled += uint128(amount);
        balanceOf[lease_.asset] -= amount;
    }
}
