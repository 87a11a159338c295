// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UsdCoin} from "../src/dev/UsdCoin.sol";
import {DisputeCourt} from "../src/governance/DisputeCourt.sol";
import {Case} from "../src/governance/IDisputable.sol";
import {IAppealGovernor, Ruling, Terms} from "../src/governance/IDisputeCourt.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {MarketGovernor} from "../src/governance/MarketGovernor.sol";
import {MarketTimelock} from "../src/governance/MarketTimelock.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Kind, Status} from "../src/listing/IListingRegistry.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {GovernanceTest} from "./base/GovernanceTest.sol";
import {FakeSubject} from "./mocks/Court.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @dev Appeals decided by the real DAO: governor, timelock, authority and escrow.
contract DisputeCourtAppealTest is GovernanceTest {
    bytes private constant CID = hex"015512201111111111111111111111111111111111111111111111111111111111111111";
    uint256 private constant BOND = 100e6;

    address private admin = account("admin");
    address private provider = account("provider");
    address private buyer = account("buyer");
    address private judge = account("judge");

    UsdCoin private usd = new UsdCoin(address(this));
    FakeSubject private subject = new FakeSubject();
    MarketAuthority private authority;
    MarketTimelock private timelock;
    ListingRegistry private registry;
    DisputeCourt private court;
    uint256 private dispute;
    uint256 private listing;

    function setUp() public {
        authority = new MarketAuthority(admin, 365 days);
        timelock = new MarketTimelock(TIMELOCK_DELAY, admin);
        token = new MarketToken(treasury);
        escrow = new VoteEscrow(address(authority), token, 1e18);
        governor = new MarketGovernor(escrow, token, timelock, authority, DELAY, PERIOD, EXTENSION, THRESHOLD);
        registry = new ListingRegistry(address(authority), 60);
        court = new DisputeCourt(
            address(authority),
            IAppealGovernor(address(governor)),
            registry,
            Terms(5 days, 5 days, 3 days, 2 days, 1_000)
        );

        bytes4[] memory selectors = new bytes4[](1);
        vm.startPrank(admin);
        selectors[0] = escrow.lock.selector;
        authority.setTargetFunctionRole(address(escrow), selectors, Roles.PUBLIC);
        selectors[0] = registry.publish.selector;
        authority.setTargetFunctionRole(address(registry), selectors, Roles.PUBLIC);
        selectors[0] = registry.suspend.selector;
        authority.setTargetFunctionRole(address(registry), selectors, Roles.COURT);
        court.setSubject(address(subject), true);
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (judge, account("second judge"), account("spare judge"));
        court.setPanel(members, 2);
        authority.grantRole(Roles.COURT, address(court), 0);
        authority.grantRole(Roles.DAO, address(timelock), 0);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), admin);
        authority.renounceRole(Roles.DAO, admin);
        vm.stopPrank();

        lockForPower(alice, 30_000_000e18);
        lockForPower(bob, 25_000_000e18);
        vm.warp(NOW + 1 hours);
        openAndRule();
    }

    function test_theVoteTakesAsLongAsTheGovernorSays() public {
        assertEq(court.voteDuration(), DELAY + PERIOD + EXTENSION + TIMELOCK_DELAY + 2 days);
        assertEq(court.maxDuration(), court.voteDuration() + 15 days);
    }

    function test_theDaoOverturnsARulingInTime() public {
        // Given the last possible appeal, and a quorum in the last possible second
        vm.warp(court.dispute(dispute).appealUntil - 1);
        Ruling memory wanted = Ruling(0, true, 0);
        uint256 proposal = appeal(wanted);
        assertEq(uint8(governor.state(proposal)), uint8(IGovernor.ProposalState.Pending));
        vm.warp(governor.proposalDeadline(proposal));
        vote(alice, proposal, FOR);
        vm.warp(governor.proposalDeadline(proposal) + 1);

        // When
        Plan memory plan = planOfAppeal(wanted);
        queue(plan);
        vm.warp(governor.proposalEta(proposal));
        execute(plan);

        // Then
        assertLt(block.timestamp, court.dispute(dispute).heldUntil);
        court.execute(dispute);
        assertEq(subject.claimantBps(7), 0);
        assertEq(subject.ends(7), 1);
        assertEq(uint8(registry.listing(listing).status), uint8(Status.SUSPENDED));
        assertEq(court.credits(provider, address(usd)), BOND);
        assertEq(court.credits(buyer, address(usd)), BOND);
    }

    function test_anAppealWithoutQuorumLeavesTheRulingAsItWas() public {
        uint256 proposal = appeal(Ruling(0, false, 0));
        vm.warp(court.dispute(dispute).executableFrom);
        assertEq(uint8(governor.state(proposal)), uint8(IGovernor.ProposalState.Defeated));
        court.execute(dispute);
        assertEq(subject.claimantBps(7), 10_000);
        assertEq(court.credits(buyer, address(usd)), 2 * BOND);
    }

    function test_aDecisionCarriedOutTooLateChangesNothing() public {
        // Given
        Ruling memory wanted = Ruling(0, false, 0);
        uint256 proposal = appeal(wanted);
        vm.warp(governor.proposalSnapshot(proposal) + 1);
        vote(alice, proposal, FOR);
        endVote(proposal);
        Plan memory plan = planOfAppeal(wanted);
        queue(plan);

        // When
        vm.warp(court.dispute(dispute).executableFrom);
        vm.expectRevert();
        execute(plan);
        court.execute(dispute);

        // Then
        assertEq(subject.claimantBps(7), 10_000);
    }

    function test_nobodyElseCanTakeThePlaceOfAnAppeal() public {
        Ruling memory wanted = Ruling(0, false, 0);
        Plan memory plan = planOfAppeal(wanted);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, alice));
        vm.prank(alice);
        governor.propose(plan.targets, plan.values, plan.calls, plan.description);
        appeal(wanted);
    }

    function test_aRulingIsExecutedThoughGuardiansClosedTheRegistry() public {
        vm.prank(address(timelock));
        authority.grantRole(Roles.GUARDIAN, carol, 0);
        appeal(Ruling(10_000, true, 0));
        vm.prank(address(timelock));
        court.overturn(dispute, Ruling(10_000, true, 0));
        vm.startPrank(carol);
        authority.close(address(registry));
        authority.close(address(court));
        vm.stopPrank();
        court.execute(dispute);
        assertEq(uint8(registry.listing(listing).status), uint8(Status.SUSPENDED));
    }

    function openAndRule() private {
        Split[] memory splits = new Split[](1);
        splits[0] = Split(PayeeKind.TITLE, address(0), 0, 10_000);
        vm.prank(provider);
        (listing,) = registry.publish("", "minilm", Kind.MODEL, CID, bytes32("m"), bytes32("o"), splits);
        subject.put(7, Case(listing, buyer, provider, address(usd), 10 * BOND));
        usd.mint(buyer, BOND);
        usd.mint(provider, BOND);
        vm.prank(provider);
        usd.approve(address(court), BOND);
        vm.startPrank(buyer);
        usd.approve(address(court), BOND);
        dispute = court.open(subject, 7, BOND, CID, bytes32("c"));
        vm.stopPrank();
        vm.warp(court.dispute(dispute).rulingUntil - 1);
        vm.prank(judge);
        court.rule(dispute, Ruling(10_000, false, 0));
        vm.prank(account("second judge"));
        court.rule(dispute, Ruling(10_000, false, 0));
    }

    function appeal(Ruling memory wanted) private returns (uint256) {
        vm.prank(provider);
        return court.appeal(dispute, wanted);
    }

    function planOfAppeal(Ruling memory wanted) private view returns (Plan memory) {
        return planOf(
            address(court),
            abi.encodeCall(court.overturn, (dispute, wanted)),
            string.concat(
                "Appeal of ",
                Strings.toHexString(provider),
                " in dispute 1#proposer=",
                Strings.toHexString(address(court))
            )
        );
    }
}
