// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LeaseQuote} from "../src/compute/ILeaseEscrow.sol";
import {IDisputeCourt, Ruling} from "../src/governance/IDisputeCourt.sol";
import {Setting} from "../src/governance/IGenesis.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Kind} from "../src/listing/IListingRegistry.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {IProviderBond} from "../src/staking/IProviderBond.sol";
import {WholeMarket} from "./base/WholeMarket.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @dev The findings of docs/reviews/governance-and-staking.md that were accepted, by their numbers, in the market as
/// Genesis wires it, with a panel of three and the three subjects.
contract ReviewOfGovernanceTest is WholeMarket {
    bytes private constant CID = hex"015512201111111111111111111111111111111111111111111111111111111111111111";
    bytes32 private constant HASH = bytes32(uint256(1));

    address private provider = account("provider");
    address private buyer = account("buyer");
    address private thief = account("thief");
    address[] private judges = [account("judge 1"), account("judge 2"), account("judge 3")];

    function begin() private {
        Setting[] memory all = new Setting[](5);
        all[0] = Setting(address(registry), abi.encodeCall(registry.setProtocolFee, (address(fees), 250)));
        all[1] = Setting(address(court), abi.encodeCall(court.setSubject, (address(jobs), true)));
        all[2] = Setting(address(court), abi.encodeCall(court.setSubject, (address(leases), true)));
        all[3] = Setting(address(court), abi.encodeCall(court.setSubject, (address(bonds), true)));
        all[4] = Setting(address(court), abi.encodeCall(court.setPanel, (judges, 2)));
        vm.prank(deployer);
        genesis.wire(contracts(), guardian, all);
    }

    function publish(address owner, string memory service) private returns (uint256 id) {
        Split[] memory splits = new Split[](1);
        splits[0] = Split(PayeeKind.ACCOUNT, owner, 0, 10_000);
        vm.prank(owner);
        (id,) = registry.publish("", service, Kind.MODEL, CID, HASH, HASH, splits);
    }

    function submittedJob(address client, address server, uint256 listing, uint256 budget)
        private
        returns (uint256 id)
    {
        usd.mint(client, budget);
        vm.startPrank(client);
        usd.approve(address(jobs), budget);
        id = jobs.createJob(listing, address(usd), server, block.timestamp + 100 days, "work", address(0));
        jobs.setBudget(id, budget, "");
        jobs.fund(id, budget, "");
        vm.stopPrank();
        vm.prank(server);
        jobs.submit(id, HASH, "");
    }

    function openJob(address client, uint256 id) private returns (uint256 disputeId) {
        uint256 bond = court.bondFor(address(usd), jobs.job(id).budget);
        usd.mint(client, bond);
        vm.startPrank(client);
        usd.approve(address(court), bond);
        disputeId = court.open(jobs, id, bond, CID, HASH);
        vm.stopPrank();
    }

    function judge(uint256 disputeId, Ruling memory ruling, uint256 votes) private {
        vm.warp(court.dispute(disputeId).evidenceUntil);
        for (uint256 i = 0; i < votes; ++i) {
            vm.prank(judges[i]);
            court.rule(disputeId, ruling);
        }
    }

    function test_finding1_oneAppealOfAClientThatServesItselfIsPaidOnce() public {
        begin();
        uint256 honest = publish(provider, "honest");
        uint256 own = publish(thief, "own");
        uint256 victims = openJob(buyer, submittedJob(buyer, provider, honest, 20_000e6)); // bond: 1,000 dollars
        uint256 theirs = openJob(thief, submittedJob(thief, thief, own, 20_000e6)); // another 1,000
        assertEq(usd.balanceOf(address(court)), 2_000e6);

        judge(theirs, Ruling(0, false, 0), 2);
        usd.mint(thief, 1_000e6);
        vm.startPrank(thief);
        usd.approve(address(court), 1_000e6);
        court.appeal(theirs, Ruling(1, false, 0)); // nobody votes on it
        vm.stopPrank();
        vm.warp(court.dispute(theirs).executableFrom);
        court.execute(theirs);

        // It paid in 2,000, and everybody can be paid.
        assertEq(court.credits(thief, address(usd)), 2_000e6);
        court.withdraw(address(usd), thief);
        court.dismiss(victims);
        assertEq(court.withdraw(address(usd), buyer), 1_000e6);
        assertEq(usd.balanceOf(address(court)), 0);
    }

    function test_finding1_oneAppealOfATenantOfItsOwnListingIsPaidOnce() public {
        begin();
        uint256 honest = publish(provider, "honest");
        uint256 own = publish(thief, "own");
        openJob(buyer, submittedJob(buyer, provider, honest, 20_000e6));
        LeaseQuote memory quote = LeaseQuote(
            own,
            "gpu",
            address(usd),
            1_000e6,
            0,
            thief,
            thief,
            1 days,
            uint48(block.timestamp + 1 days),
            uint48(block.timestamp + 30 days),
            ""
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("thief"), leases.quoteDigest(quote));
        usd.mint(thief, 20_000e6 + 1_200e6);
        vm.startPrank(thief);
        usd.approve(address(leases), 20_000e6);
        uint256 lease = leases.open(quote, abi.encodePacked(r, s, v), 20_000e6);
        leases.activate(lease);
        vm.warp(block.timestamp + 12 hours);
        usd.approve(address(court), type(uint256).max);
        uint256 disputeId = court.open(leases, lease, type(uint256).max, CID, HASH);
        uint256 bond = court.dispute(disputeId).bond;
        vm.stopPrank();
        judge(disputeId, Ruling(10_000, false, 0), 2);
        vm.prank(thief);
        court.appeal(disputeId, Ruling(0, false, 0));
        vm.warp(court.dispute(disputeId).executableFrom);
        court.execute(disputeId);
        assertEq(bond, 600e6);
        assertEq(court.credits(thief, address(usd)), 2 * bond);
    }

    function bonded(uint256 listing) private {
        vm.prank(treasury);
        token.transfer(provider, 1_000_000e18);
        vm.startPrank(provider);
        token.approve(address(bonds), type(uint256).max);
        bonds.bond(listing, 1_000_000e18);
        bonds.unbond(listing, 1_000_000e18);
        vm.stopPrank();
    }

    function accuse(uint256 listing, uint256 amount) private returns (uint256 disputeId) {
        vm.prank(treasury);
        token.transfer(buyer, amount);
        vm.startPrank(buyer);
        token.approve(address(court), amount);
        disputeId = court.open(bonds, listing, amount, CID, HASH);
        vm.stopPrank();
    }

    function test_finding2_aBondThatCouldHaveLeftStaysAtStake() public {
        begin();
        uint256 listing = publish(provider, "model");
        bonded(listing);
        vm.warp(block.timestamp + court.maxDuration() + 7 days);

        accuse(listing, 50_000e18);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.Lapsed.selector, block.timestamp));
        bonds.withdraw(listing, provider);
        vm.warp(block.timestamp + court.MAX_DURATION());
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.Lapsed.selector, block.timestamp - court.MAX_DURATION()));
        bonds.withdraw(listing, provider);
    }

    function test_finding2_aBondIsSlashedThoughItCouldHaveLeftBefore() public {
        begin();
        uint256 listing = publish(provider, "model");
        bonded(listing);
        vm.warp(block.timestamp + court.maxDuration() + court.MAX_DURATION());

        uint256 disputeId = accuse(listing, 50_000e18);
        judge(disputeId, Ruling(10_000, false, 1_000_000e18), 2);
        vm.warp(court.dispute(disputeId).executableFrom);
        court.execute(disputeId);
        assertEq(token.balanceOf(buyer), 1_000_000e18);
    }

    function test_finding2_whatLapsedLeavesAfterAnotherCooldown() public {
        begin();
        uint256 listing = publish(provider, "model");
        bonded(listing);
        vm.warp(block.timestamp + court.maxDuration() + 7 days);
        vm.prank(provider);
        vm.warp(bonds.unbond(listing, 0));
        assertEq(bonds.withdraw(listing, provider), 1_000_000e18);
    }

    function test_finding3_theGuardianCannotKeepOthersFromLocking() public {
        begin();
        vm.prank(guardian);
        authority.close(address(escrow));
        lockForPower(alice, SUPPLY_QUORUM);
        assertGte(escrow.getVotes(alice), SUPPLY_QUORUM);
    }

    function test_finding5_aPanelHasAMemberToSpare() public {
        begin();
        vm.prank(address(timelock));
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(judges, 3);
    }

    function test_finding5_aTitlePushedOnAJudgeSilencesNobodyElse() public {
        begin();
        uint256 listing = publish(provider, "model");
        uint256 job = submittedJob(buyer, provider, listing, 20_000e6);
        vm.prank(provider);
        registry.transferFrom(provider, judges[2], listing);
        uint256 disputeId = openJob(buyer, job);
        judge(disputeId, Ruling(10_000, false, 0), 2);
        assertGt(court.dispute(disputeId).executableFrom, 0);
    }

    function test_finding10_nobodyPublishesInTheNameOfTheAuthority() public {
        begin();
        Split[] memory splits = new Split[](1);
        splits[0] = Split(PayeeKind.ACCOUNT, thief, 0, 10_000);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, thief, Roles.DAO)
        );
        vm.prank(thief);
        authority.execute(
            address(registry), abi.encodeCall(registry.publish, ("", "official", Kind.MODEL, CID, HASH, HASH, splits))
        );
    }

    function test_finding11_noMoreIsSlashedThanWasAtStakeWhenItWasAccused() public {
        begin();
        uint256 listing = publish(provider, "model");
        vm.prank(treasury);
        token.transfer(thief, 1);
        vm.startPrank(thief);
        token.approve(address(bonds), 1);
        bonds.bond(listing, 1); // anyone may
        vm.stopPrank();
        uint256 disputeId = accuse(listing, 1); // costs one unit, whatever minBond says
        bonded(listing);
        judge(disputeId, Ruling(10_000, false, 1_000_000e18), 2);
        vm.warp(court.dispute(disputeId).executableFrom);
        court.execute(disputeId);
        assertEq(bonds.pool(listing).assets, 1_000_000e18);
    }

    function test_finding12_theTermOfTheGuardianBeginsWithTheMarket() public {
        vm.warp(block.timestamp + 100 days);
        begin();
        assertEq(authority.guardianEnd(), block.timestamp + 180 days);
    }
}
