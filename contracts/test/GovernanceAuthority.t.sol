// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarketAuthority} from "../src/governance/IMarketAuthority.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Test, bound} from "./base/Test.sol";
import {Venue} from "./mocks/Venue.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract GovernanceAuthorityTest is Test {
    event TargetClosedUntil(address indexed target, address indexed guardian, uint48 until);
    event ParameterChanged(bytes32 indexed key, uint256 oldValue, uint256 newValue);

    uint48 private constant TERM = 180 days;

    address private dao = account("dao");
    address private guardian = account("guardian");
    address private court = account("court");
    address private distributor = account("distributor");
    address private stranger = account("stranger");

    MarketAuthority private authority;
    Venue private venue;

    function setUp() public {
        authority = new MarketAuthority(dao, TERM);
        venue = new Venue(address(authority));
        vm.startPrank(dao);
        authority.grantRole(Roles.GUARDIAN, guardian, 0);
        authority.grantRole(Roles.COURT, court, 0);
        authority.grantRole(Roles.DISTRIBUTOR, distributor, 0);
        permit(venue.open.selector, Roles.PUBLIC);
        permit(venue.suspend.selector, Roles.COURT);
        permit(venue.raise.selector, Roles.DISTRIBUTOR);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ the guardian closes

    function test_aClosureStopsNewBusiness() public {
        // Given
        uint48 until = uint48(NOW + 14 days);
        vm.expectEmit(address(authority));
        emit TargetClosedUntil(address(venue), guardian, until);

        // When
        assertEq(close(), until);

        // Then
        assertEq(authority.closedUntil(address(venue)), until);
        expectClosedFor(stranger);
        vm.prank(stranger);
        venue.open();
        expectClosedFor(distributor);
        vm.prank(distributor);
        venue.raise();
    }

    function test_aClosureDoesNotStopPeopleFromLeaving() public {
        close();
        vm.prank(stranger);
        venue.withdraw();
    }

    function test_aClosureGagsNeitherTheDaoNorTheCourt() public {
        close();
        vm.prank(dao);
        venue.setRate(7);
        vm.prank(court);
        venue.suspend();
        assertEq(venue.rate(), 7);
        assertEq(venue.calls(), 1);
    }

    function test_aClosureCannotBeGoneRoundThroughTheAuthority() public {
        close();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, stranger, Roles.DAO)
        );
        vm.prank(stranger);
        authority.execute(address(venue), abi.encodeCall(venue.open, ()));
    }

    function test_aClosureExpiresByItself() public {
        close();

        vm.warp(NOW + 14 days - 1);
        expectClosedFor(stranger);
        vm.prank(stranger);
        venue.open();

        vm.warp(NOW + 14 days);
        vm.prank(stranger);
        venue.open();
    }

    function test_closuresCannotBeChained() public {
        close();
        for (uint256 day = 0; day < 28; day += 7) {
            vm.warp(NOW + day * 1 days);
            expectTooRecent();
            close();
        }
        vm.warp(NOW + 28 days - 1);
        expectTooRecent();
        close();

        vm.warp(NOW + 28 days);
        assertEq(close(), NOW + 42 days);
    }

    function test_closuresCannotBeChainedByASecondGuardian() public {
        vm.prank(dao);
        authority.grantRole(Roles.GUARDIAN, stranger, 0);
        close();
        vm.warp(NOW + 14 days);
        expectTooRecent();
        vm.prank(stranger);
        authority.close(address(venue));
    }

    function test_everyTargetIsClosedForItself() public {
        Venue other = new Venue(address(authority));
        close();
        vm.prank(guardian);
        authority.close(address(other));
        assertEq(authority.closedUntil(address(other)), NOW + 14 days);
    }

    function test_severalTargetsAreClosedInOneTransaction() public {
        Venue other = new Venue(address(authority));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(authority.close, (address(venue)));
        calls[1] = abi.encodeCall(authority.close, (address(other)));
        vm.prank(guardian);
        authority.multicall(calls);
        assertEq(authority.closedUntil(address(venue)), NOW + 14 days);
        assertEq(authority.closedUntil(address(other)), NOW + 14 days);
    }

    function test_closingTheAuthorityItselfStopsNobody() public {
        vm.prank(guardian);
        authority.close(address(authority));
        vm.prank(dao);
        authority.setGuardianEnd(uint48(NOW));
        assertEq(authority.guardianEnd(), NOW);
    }

    function testFuzz_onlyTheGuardianCloses(address caller) public {
        vm.assume(caller != guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, caller, Roles.GUARDIAN)
        );
        vm.prank(caller);
        authority.close(address(venue));
    }

    function testFuzz_anyTargetIsClosedForFourteenDaysAtMost(address target, uint256 time) public {
        time = bound(time, NOW, NOW + TERM - 1);
        vm.warp(time);
        vm.prank(guardian);
        uint48 until = authority.close(target);
        assertEq(until, time + 14 days < NOW + TERM ? time + 14 days : NOW + TERM);
        assertEq(authority.closableFrom(target), time + 28 days);
    }

    // ------------------------------------------------------------------ the DAO above it

    function test_theDaoOpensWhatTheGuardianClosed() public {
        close();
        vm.prank(dao);
        authority.setTargetClosed(address(venue), false);
        vm.prank(stranger);
        venue.open();
        assertEq(authority.closedUntil(address(venue)), 0);

        vm.warp(NOW + 27 days);
        expectTooRecent();
        close();
    }

    function test_whatTheDaoClosesStaysClosedForEveryoneUntilItOpens() public {
        vm.prank(dao);
        authority.setTargetClosed(address(venue), true);
        vm.warp(NOW + 365 days);
        expectClosedFor(stranger);
        vm.prank(stranger);
        venue.open();
        expectClosedFor(court);
        vm.prank(court);
        venue.suspend();
        vm.prank(stranger);
        venue.withdraw();
    }

    function test_aGuardiansClosureDoesNotEndTheDaos() public {
        vm.prank(dao);
        authority.setTargetClosed(address(venue), true);
        close();
        vm.warp(NOW + 14 days);
        expectClosedFor(stranger);
        vm.prank(stranger);
        venue.open();
    }

    function test_theDaoCanDismissTheGuardian() public {
        vm.prank(dao);
        authority.revokeRole(Roles.GUARDIAN, guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, guardian, Roles.GUARDIAN)
        );
        close();
    }

    // ------------------------------------------------------------------ the term

    function test_afterItsDateTheGuardianCanDoNothing() public {
        vm.warp(NOW + TERM);
        vm.expectRevert(abi.encodeWithSelector(IMarketAuthority.GuardianTermEnded.selector, NOW + TERM));
        close();
    }

    function test_noClosureOutlivesTheGuardiansTerm() public {
        vm.warp(NOW + TERM - 1);
        assertEq(close(), NOW + TERM);
        vm.warp(NOW + TERM);
        vm.prank(stranger);
        venue.open();
    }

    function test_theGuardianCannotExtendItsOwnTerm() public {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, guardian, Roles.DAO)
        );
        vm.prank(guardian);
        authority.setGuardianEnd(uint48(NOW + 200 days));
    }

    function testFuzz_theDaoMovesTheDateByAYearAtMost(uint48 end) public {
        bool allowed = end <= NOW + 365 days;
        if (allowed) {
            vm.expectEmit(address(authority));
            emit ParameterChanged("guardianEnd", NOW + TERM, end);
        } else {
            vm.expectRevert(outOfBounds(end));
        }
        vm.prank(dao);
        authority.setGuardianEnd(end);
        assertEq(authority.guardianEnd(), allowed ? end : NOW + TERM);
    }

    function test_aTermOfMoreThanAYearIsRefusedFromTheStart() public {
        new MarketAuthority(dao, 365 days);
        vm.expectRevert(outOfBounds(NOW + 365 days + 1));
        new MarketAuthority(dao, 365 days + 1);
    }

    // ------------------------------------------------------------------ helpers

    function close() private returns (uint48) {
        vm.prank(guardian);
        return authority.close(address(venue));
    }

    function permit(bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        authority.setTargetFunctionRole(address(venue), selectors, role);
    }

    function expectClosedFor(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }

    function expectTooRecent() private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketAuthority.ClosedTooRecently.selector, address(venue), NOW + 28 days)
        );
    }

    function outOfBounds(uint256 end) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IParameters.ParameterOutOfBounds.selector, bytes32("guardianEnd"), end, 0, NOW + 365 days
        );
    }
}
