// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../src/governance/IParameters.sol";
import {IAllocationSale, Opening, Terms} from "../../src/staking/IAllocationSale.sol";
import {IProtocolFees, Payee} from "../../src/staking/IProtocolFees.sol";
import {IRevenueDistributor, Mode} from "../../src/staking/IRevenueDistributor.sol";
import {VmSafe} from "@prb/test/Vm.sol";

/// @dev Rebuilds a contract from its events and nothing else, as an indexer does.
abstract contract Mirror {
    function replay(address emitter, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == emitter) _apply(logs[i].topics, logs[i].data);
        }
    }

    function _apply(bytes32[] calldata topics, bytes calldata data) internal virtual;

    function _address(bytes32 topic) internal pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}

contract DistributorMirror is Mirror {
    struct Pool {
        uint256 funded;
        uint256 left;
    }

    mapping(uint256 epoch => mapping(address asset => Pool)) public pools;
    mapping(uint256 epoch => mapping(address asset => mapping(address account => bool))) public isClaimed;
    mapping(address asset => uint256) public held;

    function _apply(bytes32[] calldata topics, bytes calldata data) internal override {
        (uint256 epoch, address asset) = (uint256(topics[1]), _address(topics[2]));
        if (topics[0] == IRevenueDistributor.EpochFunded.selector) {
            uint256 amount = abi.decode(data, (uint256));
            _add(epoch, asset, amount);
            held[asset] += amount;
        } else if (topics[0] == IRevenueDistributor.Claimed.selector) {
            (, uint256 amount) = abi.decode(data, (Mode, uint256));
            pools[epoch][asset].left -= amount;
            held[asset] -= amount;
            isClaimed[epoch][asset][_address(topics[3])] = true;
        } else if (topics[0] == IRevenueDistributor.RolledOver.selector) {
            require(pools[epoch][asset].left == abi.decode(data, (uint256)), "not all was rolled over");
            _add(uint256(topics[3]), asset, pools[epoch][asset].left);
            delete pools[epoch][asset];
        }
    }

    function _add(uint256 epoch, address asset, uint256 amount) private {
        pools[epoch][asset].funded += amount;
        pools[epoch][asset].left += amount;
    }
}

contract FeesMirror is Mirror {
    mapping(bytes32 key => uint256) public parameters;
    mapping(address asset => mapping(Payee payee => uint256)) public creditOf;
    mapping(address asset => uint256) public revenue;
    mapping(address asset => uint256) public paid;

    function _apply(bytes32[] calldata topics, bytes calldata data) internal override {
        if (topics[0] == IParameters.ParameterChanged.selector) {
            (, parameters[topics[1]]) = abi.decode(data, (uint256, uint256));
        } else if (topics[0] == IProtocolFees.Divided.selector) {
            address asset = _address(topics[1]);
            uint256[4] memory amounts = abi.decode(data, (uint256[4]));
            revenue[asset] += amounts[0];
            for (uint256 i = 0; i < 3; ++i) {
                creditOf[asset][Payee(i)] += amounts[i + 1];
            }
        } else if (topics[0] == IProtocolFees.Paid.selector) {
            address asset = _address(topics[1]);
            uint256 amount = abi.decode(data, (uint256));
            creditOf[asset][Payee(uint256(topics[2]))] -= amount;
            paid[asset] += amount;
        }
    }
}

contract SaleMirror is Mirror {
    struct Commitment {
        uint256 lots;
        uint256 ahead;
        uint256 window;
        uint256 allocated;
        uint256 refunded;
    }

    struct Book {
        address seller;
        uint256 snapshot;
        bytes32 terms;
        uint256[4] demand;
        uint256[4] filled;
        bool isSettled;
        uint256 proceeds;
        uint256 unsold;
    }

    mapping(bytes32 key => uint256) public parameters;
    mapping(bytes32 saleId => Book) private _books;
    mapping(bytes32 saleId => mapping(address buyer => Commitment)) private _commitments;

    function bookOf(bytes32 saleId) external view returns (Book memory) {
        return _books[saleId];
    }

    function commitmentOf(bytes32 saleId, address buyer) external view returns (Commitment memory) {
        return _commitments[saleId][buyer];
    }

    function _apply(bytes32[] calldata topics, bytes calldata data) internal override {
        if (topics[0] == IParameters.ParameterChanged.selector) {
            (, parameters[topics[1]]) = abi.decode(data, (uint256, uint256));
            return;
        }
        Book storage book = _books[topics[1]];
        if (topics[0] == IAllocationSale.Announced.selector) {
            (uint40 snapshot, Terms memory terms) = abi.decode(data, (uint40, Terms));
            (book.seller, book.snapshot, book.terms) = (_address(topics[2]), snapshot, keccak256(abi.encode(terms)));
        } else if (topics[0] == IAllocationSale.Committed.selector) {
            (uint256 window, uint256 lots) = (uint256(topics[3]), abi.decode(data, (uint256)));
            _commitments[topics[1]][_address(topics[2])] = Commitment(lots, book.demand[window], window, 0, 0);
            book.demand[window] += lots;
        } else if (topics[0] == IAllocationSale.Settled.selector) {
            uint96[] memory filled = abi.decode(data, (uint96[]));
            book.isSettled = true;
            for (uint256 i = 0; i < filled.length; ++i) {
                book.filled[i] = filled[i];
            }
        } else if (topics[0] == IAllocationSale.Allocated.selector) {
            _commitments[topics[1]][_address(topics[2])].allocated += abi.decode(data, (uint256));
        } else if (topics[0] == IAllocationSale.Refunded.selector) {
            _commitments[topics[1]][_address(topics[2])].refunded += abi.decode(data, (uint256));
        } else if (topics[0] == IAllocationSale.ProceedsPaid.selector) {
            book.proceeds += abi.decode(data, (uint256));
        } else if (topics[0] == IAllocationSale.UnsoldReturned.selector) {
            book.unsold += abi.decode(data, (uint256));
        }
    }
}
