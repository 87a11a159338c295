// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @dev A place of business with one function for each role, and one that is for nobody in particular.
contract Venue is AccessManaged {
    uint256 public calls;
    uint256 public rate;

    constructor(address authority) AccessManaged(authority) {}

    function open() external restricted {
        ++calls;
    }

    function setRate(uint256 newRate) external restricted {
        rate = newRate;
    }

    function suspend() external restricted {
        ++calls;
    }

    function raise() external restricted {
        ++calls;
    }

    function withdraw() external {
        ++calls;
    }
}
