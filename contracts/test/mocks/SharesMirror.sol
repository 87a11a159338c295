// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingShares} from "../../src/listing/IListingShares.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {VmSafe} from "@prb/test/Vm.sol";

/// @dev Rebuilds what every holder can claim from the events of the shares and their times, and nothing else. It settles
/// both sides of every transfer, which the contract does not.
contract SharesMirror {
    struct Pool {
        uint256 amount;
        uint256 startedAt;
        uint256 endsAt;
        uint256 released;
        uint256 held;
    }

    struct Credit {
        uint256 parts;
        uint256 seen;
    }

    uint256 private constant PARTS = 1 << 96;

    uint256 public supply;
    mapping(address account => uint256) public balanceOf;
    mapping(address asset => Pool) public pools;
    mapping(address asset => mapping(address account => Credit)) private _credits;
    address[2] private _assets;

    constructor(address[2] memory assets) {
        _assets = assets;
    }

    /// @dev All of them happened now.
    function replay(address shares, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == shares) apply_(logs[i].topics, logs[i].data);
        }
    }

    function claimable(address account, address asset) external view returns (uint256) {
        Credit memory credit = _credits[asset][account];
        return (credit.parts + balanceOf[account] * (partsPerShare(asset) - credit.seen)) / PARTS;
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        address asset = asAddress(topics[1]);
        if (topics[0] == IERC20.Transfer.selector) {
            moved(asAddress(topics[1]), asAddress(topics[2]), abi.decode(data, (uint256)));
        } else if (topics[0] == IListingShares.RevenueDistributed.selector) {
            Pool storage pool = pools[asset];
            (uint256 amount, uint256 endsAt) = abi.decode(data, (uint256, uint256));
            uint256 vested = vestedOf(pool);
            pool.released += vested;
            pool.amount = pool.amount - vested + amount;
            pool.startedAt = block.timestamp;
            pool.endsAt = endsAt;
            pool.held += amount;
        } else if (topics[0] == IListingShares.DividendClaimed.selector) {
            uint256 amount = abi.decode(data, (uint256));
            settle(asAddress(topics[2]), asset);
            _credits[asset][asAddress(topics[2])].parts -= amount * PARTS;
            pools[asset].held -= amount;
        }
    }

    function moved(address from, address to, uint256 amount) private {
        if (from == address(0)) {
            supply += amount;
        } else {
            for (uint256 i = 0; i < 2; ++i) {
                settle(from, _assets[i]);
                settle(to, _assets[i]);
            }
            balanceOf[from] -= amount;
        }
        balanceOf[to] += amount;
    }

    function settle(address account, address asset) private {
        Credit storage credit = _credits[asset][account];
        uint256 now_ = partsPerShare(asset);
        credit.parts += balanceOf[account] * (now_ - credit.seen);
        credit.seen = now_;
    }

    function partsPerShare(address asset) private view returns (uint256) {
        Pool memory pool = pools[asset];
        return (pool.released + vestedOf(pool)) * PARTS / supply;
    }

    function vestedOf(Pool memory pool) private view returns (uint256) {
        if (block.timestamp >= pool.endsAt) return pool.amount;
        return pool.amount * (block.timestamp - pool.startedAt) / (pool.endsAt - pool.startedAt);
    }

    function asAddress(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
