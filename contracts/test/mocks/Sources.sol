// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPriceSource} from "../../src/oracle/IPriceOracle.sol";

/// @dev Answers as it is told.
contract Source is IPriceSource {
    uint8 public immutable decimals;
    int256 private _answer;
    uint256 private _updatedAt;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function set(int256 answer, uint256 updatedAt) external {
        _answer = answer;
        _updatedAt = updatedAt;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _answer, _updatedAt, _updatedAt, 1);
    }
}

/// @dev Answers the price with what it was given, and the decimals with 8.
contract RawSource {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    function decimals() external pure returns (uint8) {
        return 8;
    }

    function latestRoundData() external view {
        bytes memory answer = _answer;
        assembly ("memory-safe") {
            return(add(answer, 0x20), mload(answer))
        }
    }
}

/// @dev Says 3 with 8 decimals, and takes almost all the gas it may have to do so.
contract HeavySource {
    function decimals() external pure returns (uint8) {
        return 8;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 start = gasleft();
        while (start - gasleft() < 85_000) {}
        return (1, 3e8, block.timestamp, block.timestamp, 1);
    }
}

/// @dev Asks another source. If that one runs out of gas, it gives back what it kept.
contract ProxySource {
    IPriceSource private immutable TARGET;

    constructor(address target) {
        TARGET = IPriceSource(target);
    }

    function decimals() external view returns (uint8) {
        return TARGET.decimals();
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return TARGET.latestRoundData();
    }
}

/// @dev Reverts with much, burns all its gas, or returns as much as its gas allows.
contract HostileSource {
    enum Way {
        REVERT,
        BURN,
        BOMB,
        LARGE_REVERT
    }

    Way private immutable WAY;

    constructor(Way way) {
        WAY = way;
    }

    function decimals() external pure returns (uint8) {
        return 8;
    }

    function latestRoundData() external view {
        if (WAY == Way.REVERT) revert("no");
        if (WAY == Way.BURN) {
            uint256 waste = 0;
            while (true) {
                ++waste;
            }
        }
        if (WAY == Way.LARGE_REVERT) {
            assembly ("memory-safe") {
                revert(0, 200000)
            }
        }
        assembly ("memory-safe") {
            return(0, 200000)
        }
    }
}
