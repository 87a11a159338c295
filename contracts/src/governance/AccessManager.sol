// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The authority that every restricted function asks. Audited code, used as it is.
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
