// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PRBTest} from "@prb/test/PRBTest.sol";

/// @dev Cheatcodes that are younger than the test library.
interface YoungVm {
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gas);
}

/// @dev What every test shares: named accounts and a clock that starts in the present.
abstract contract Test is PRBTest {
    uint256 internal constant NOW = 1_800_000_000;

    YoungVm internal constant youngVm = YoungVm(VM_ADDRESS);

    address[] private _targets;

    constructor() {
        vm.warp(NOW);
    }

    /// @dev Read by forge: the contracts whose functions an invariant run calls.
    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function targetContract(address target) internal {
        _targets.push(target);
    }

    function account(string memory name) internal returns (address addr) {
        addr = vm.addr(keyOf(name));
        vm.label(addr, name);
    }

    function keyOf(string memory name) internal pure returns (uint256) {
        return uint256(keccak256(bytes(name)));
    }
}

function bound(uint256 value, uint256 min, uint256 max) pure returns (uint256) {
    return value >= min && value <= max ? value : max - min == type(uint256).max ? value : min + value % (max - min + 1);
}
