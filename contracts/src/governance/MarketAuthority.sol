// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarketAuthority} from "./IMarketAuthority.sol";
import {Roles} from "./Roles.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract MarketAuthority is AccessManager, IMarketAuthority {
    struct Closure {
        uint48 until;
        uint48 closableFrom;
    }

    uint48 private constant CLOSURE = 14 days;
    uint48 private constant CLOSURE_CYCLE = 28 days;
    uint48 private constant MAX_GUARDIAN_TERM = 365 days;
    bytes32 private constant GUARDIAN_END = "guardianEnd";

    /// @inheritdoc IMarketAuthority
    uint48 public guardianEnd;

    mapping(address target => Closure) private _closures;

    /// @param initialAdmin has the role of the DAO until it hands it over
    /// @param guardianTerm seconds from now for which the guardian can close contracts, at most 365 days
    constructor(address initialAdmin, uint48 guardianTerm) AccessManager(initialAdmin) {
        _setTargetFunctionRole(address(this), IMarketAuthority.close.selector, Roles.GUARDIAN);
        _setGuardianEnd(uint48(block.timestamp) + guardianTerm);
    }

    /// @inheritdoc IMarketAuthority
    function close(address target) external onlyAuthorized returns (uint48 until) {
        uint48 time = uint48(block.timestamp);
        uint48 end = guardianEnd;
        uint48 from = _closures[target].closableFrom;
        if (time >= end) revert GuardianTermEnded(end);
        if (time < from) revert ClosedTooRecently(target, from);

        until = uint48(Math.min(time + CLOSURE, end));
        _closures[target] = Closure(until, time + CLOSURE_CYCLE);
        emit TargetClosedUntil(target, msg.sender, until);
    }

    /// @dev For the DAO alone: nobody else acts in the authority's name, not even where anyone may act.
    function execute(address target, bytes calldata data)
        public
        payable
        override(AccessManager, IAccessManager)
        returns (uint32)
    {
        (bool isDao,) = hasRole(Roles.DAO, msg.sender);
        if (!isDao) revert AccessManagerUnauthorizedAccount(msg.sender, Roles.DAO);
        return super.execute(target, data);
    }

    /// @inheritdoc IMarketAuthority
    function setGuardianEnd(uint48 end) external onlyAuthorized {
        _setGuardianEnd(end);
    }

    /// @inheritdoc IMarketAuthority
    function closedUntil(address target) external view returns (uint48) {
        return _closures[target].until;
    }

    /// @inheritdoc IMarketAuthority
    function closableFrom(address target) external view returns (uint48) {
        return _closures[target].closableFrom;
    }

    /// @inheritdoc IAccessManager
    function canCall(address caller, address target, bytes4 selector)
        public
        view
        override(AccessManager, IAccessManager)
        returns (bool immediate, uint32 delay)
    {
        if (block.timestamp < _closures[target].until) {
            uint64 role = getTargetFunctionRole(target, selector);
            if (role != Roles.DAO && role != Roles.COURT) return (false, 0);
        }
        return super.canCall(caller, target, selector);
    }

    /// @dev Whom the DAO opens is open, whoever closed it.
    function _setTargetClosed(address target, bool closed) internal override {
        if (!closed) delete _closures[target].until;
        super._setTargetClosed(target, closed);
    }

    function _setGuardianEnd(uint48 end) private {
        uint256 max = block.timestamp + MAX_GUARDIAN_TERM;
        if (end > max) revert ParameterOutOfBounds(GUARDIAN_END, end, 0, max);
        emit ParameterChanged(GUARDIAN_END, guardianEnd, end);
        guardianEnd = end;
    }
}
