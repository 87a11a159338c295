// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeCourt} from "../../src/governance/DisputeCourt.sol";
import {Case, IDisputable} from "../../src/governance/IDisputable.sol";
import {Dispute, DisputeState, IAppealGovernor, Ruling, Terms} from "../../src/governance/IDisputeCourt.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {FakeGovernor, FakeSubject} from "../mocks/Court.sol";
import {MarketTest} from "./MarketTest.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A court with a panel of three, two of whom decide, and a governor that does what the test says.
abstract contract CourtTest is MarketTest {
    uint32 internal constant EVIDENCE = 3 days;
    uint32 internal constant RULING = 4 days;
    uint32 internal constant APPEAL = 2 days;
    uint32 internal constant MARGIN = 1 days;
    /// Delay, period, late extension and timelock of the fake governor, and the margin.
    uint48 internal constant VOTE = 12 days + MARGIN;
    uint48 internal constant LONGEST = EVIDENCE + RULING + APPEAL + VOTE + MARGIN;
    uint256 internal constant STAKE = 1_000e6;
    uint256 internal constant BOND = 100e6;
    bytes32 internal constant SHA256 = bytes32(uint256(0x3333));

    address internal judge1 = account("judge 1");
    address internal judge2 = account("judge 2");
    address internal judge3 = account("judge 3");

    FakeGovernor internal governor = new FakeGovernor();
    FakeSubject internal subject = new FakeSubject();
    DisputeCourt internal court;
    uint256 internal listing;

    constructor() {
        court = new DisputeCourt(address(authority), IAppealGovernor(address(governor)), registry, termsWith(EVIDENCE));
        bytes4[] memory suspend = new bytes4[](1);
        suspend[0] = registry.suspend.selector;
        vm.startPrank(admin);
        authority.grantRole(Roles.DAO, address(governor), 0);
        authority.grantRole(Roles.COURT, address(court), 0);
        authority.setTargetFunctionRole(address(registry), suspend, Roles.COURT);
        court.setSubject(address(subject), true);
        court.setPanel(threeJudges(), 2);
        vm.stopPrank();
        listing = publish(provider, "minilm");
    }

    function termsWith(uint32 evidence) internal pure returns (Terms memory) {
        return Terms(evidence, RULING, APPEAL, MARGIN, 1_000);
    }

    function threeJudges() internal view returns (address[] memory members) {
        members = new address[](3);
        (members[0], members[1], members[2]) = (judge1, judge2, judge3);
    }

    function usdCase() internal view returns (Case memory) {
        return Case(listing, buyer, provider, address(usd), STAKE);
    }

    /// @dev Gives whoever opens the means to.
    function fund(address party, address asset, uint256 amount) internal {
        if (asset == address(usd)) usd.mint(party, amount);
        vm.prank(party);
        ERC20(asset).approve(address(court), type(uint256).max);
    }

    /// @dev The buyer's dispute over something of its own in dollars.
    function openOver(uint256 id) internal returns (uint256) {
        subject.put(id, usdCase());
        return openBy(buyer, id);
    }

    function openBy(address opener, uint256 id) internal returns (uint256) {
        fund(opener, address(usd), BOND);
        return open(opener, subject, id);
    }

    function open(address opener, IDisputable over, uint256 id) internal returns (uint256) {
        vm.prank(opener);
        return court.open(over, id, type(uint256).max, CID, SHA256);
    }

    function vote(address judge, uint256 disputeId, Ruling memory ruling) internal {
        vm.prank(judge);
        court.rule(disputeId, ruling);
    }

    /// @dev Two judges decide as soon as they may.
    function decide(uint256 disputeId, Ruling memory ruling) internal {
        vm.warp(court.dispute(disputeId).evidenceUntil);
        vote(judge1, disputeId, ruling);
        vote(judge2, disputeId, ruling);
    }

    function executeWhenPossible(uint256 disputeId) internal {
        vm.warp(court.dispute(disputeId).executableFrom);
        court.execute(disputeId);
    }

    function appeal(address party, uint256 disputeId, Ruling memory ruling) internal returns (uint256) {
        fund(party, address(usd), BOND);
        vm.prank(party);
        return court.appeal(disputeId, ruling);
    }

    function share(uint16 bps) internal pure returns (Ruling memory) {
        return Ruling(bps, false, 0);
    }

    function assertState(uint256 disputeId, DisputeState expected) internal {
        assertEq(uint8(court.dispute(disputeId).state), uint8(expected));
    }

    function assertCredits(uint256 ofBuyer, uint256 ofProvider) internal {
        assertEq(court.credits(buyer, address(usd)), ofBuyer, "buyer");
        assertEq(court.credits(provider, address(usd)), ofProvider, "provider");
    }

    function digestOf(Ruling memory ruling) internal pure returns (bytes32) {
        return keccak256(abi.encode(ruling));
    }
}
