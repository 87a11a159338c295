// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarketAuthority} from "../src/governance/IMarketAuthority.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Test, bound} from "./base/Test.sol";
import {Venue} from "./mocks/Venue.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev A guardian that closes whenever it can, and a DAO that opens, closes and moves the guardian's date. Rebuilds the
/// state of every venue from events, and notes when guardians kept it closed.
contract GuardianHandler {
    struct Row {
        uint48 until;
        uint48 closableFrom;
        bool closed;
    }

    struct Closure {
        uint256 from;
        uint256 until;
    }

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    MarketAuthority private immutable AUTHORITY;
    address private immutable DAO;
    address private immutable GUARDIAN;

    address[] public venues;
    uint256 public guardianEnd;
    mapping(address venue => Row) public rows;
    mapping(address venue => Closure[]) private _closures;

    constructor(MarketAuthority authority, address dao, address guardian, address[] memory venues_) {
        (AUTHORITY, DAO, GUARDIAN) = (authority, dao, guardian);
        venues = venues_;
        guardianEnd = authority.guardianEnd();
    }

    function closures(address venue) external view returns (Closure[] memory) {
        return _closures[venue];
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 20 days));
    }

    function close(uint256 which) external {
        address venue = venues[which % venues.length];
        if (block.timestamp >= AUTHORITY.guardianEnd() || block.timestamp < AUTHORITY.closableFrom(venue)) return;
        vm.recordLogs();
        vm.prank(GUARDIAN);
        uint48 until = AUTHORITY.close(venue);
        replay();
        _closures[venue].push(Closure(block.timestamp, until));
    }

    function setClosed(uint256 which, bool closed) external {
        address venue = venues[which % venues.length];
        Closure[] storage past = _closures[venue];
        vm.recordLogs();
        vm.prank(DAO);
        AUTHORITY.setTargetClosed(venue, closed);
        replay();
        if (!closed && past.length > 0 && past[past.length - 1].until > block.timestamp) {
            past[past.length - 1].until = block.timestamp;
        }
    }

    function setGuardianEnd(uint256 end) external {
        vm.recordLogs();
        vm.prank(DAO);
        AUTHORITY.setGuardianEnd(uint48(block.timestamp + bound(end, 0, 365 days)));
        replay();
    }

    function replay() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            Row storage row = rows[address(uint160(uint256(logs[i].topics[1])))];
            if (topic == IMarketAuthority.TargetClosedUntil.selector) {
                row.until = abi.decode(logs[i].data, (uint48));
                row.closableFrom = uint48(block.timestamp + 28 days);
            } else if (topic == IAccessManager.TargetClosed.selector) {
                row.closed = abi.decode(logs[i].data, (bool));
                if (!row.closed) row.until = 0;
            } else if (topic == IParameters.ParameterChanged.selector) {
                (, guardianEnd) = abi.decode(logs[i].data, (uint256, uint256));
            }
        }
    }
}

contract GovernanceAuthorityInvariantTest is Test {
    address private dao = account("dao");
    address private guardian = account("guardian");
    MarketAuthority private authority;
    GuardianHandler private handler;

    function setUp() public {
        authority = new MarketAuthority(dao, 200 days);
        address[] memory venues = new address[](2);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = Venue.open.selector;
        vm.startPrank(dao);
        authority.grantRole(Roles.GUARDIAN, guardian, 0);
        for (uint256 i = 0; i < venues.length; ++i) {
            venues[i] = address(new Venue(address(authority)));
            authority.setTargetFunctionRole(venues[i], selectors, Roles.PUBLIC);
        }
        vm.stopPrank();
        handler = new GuardianHandler(authority, dao, guardian, venues);
        targetContract(address(handler));
    }

    function invariant_noVenueIsClosedForMoreThanFourteenOfAnyTwentyEightDays() public view {
        for (uint256 i = 0; i < 2; ++i) {
            GuardianHandler.Closure[] memory closures = handler.closures(handler.venues(i));
            for (uint256 j = 0; j < closures.length; ++j) {
                require(closures[j].until - closures[j].from <= 14 days, "too long");
                require(j == 0 || closures[j].from - closures[j - 1].from >= 28 days, "too soon");
            }
        }
    }

    function invariant_strangersDoBusinessUnlessAVenueIsClosed() public {
        for (uint256 i = 0; i < 2; ++i) {
            address venue = handler.venues(i);
            (uint48 until,, bool closed) = handler.rows(venue);
            (bool allowed,) = authority.canCall(address(0xBEEF), venue, Venue.open.selector);
            assertEq(allowed, !closed && block.timestamp >= until);
        }
    }

    function invariant_theGuardianStaysWithinAYear() public {
        assertLte(authority.guardianEnd(), block.timestamp + 365 days);
    }

    function invariant_theEventsRebuildTheState() public {
        for (uint256 i = 0; i < 2; ++i) {
            address venue = handler.venues(i);
            (uint48 until, uint48 closableFrom, bool closed) = handler.rows(venue);
            assertEq(authority.closedUntil(venue), until);
            assertEq(authority.closableFrom(venue), closableFrom);
            assertEq(authority.isTargetClosed(venue), closed);
        }
        assertEq(authority.guardianEnd(), handler.guardianEnd());
    }
}
