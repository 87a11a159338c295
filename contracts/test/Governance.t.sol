// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Kind} from "../src/listing/IListingRegistry.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {Goods} from "../src/market/ITokenMarket.sol";
import {WholeMarket} from "./base/WholeMarket.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @dev The whole market, wired as in earnest, and in the hands of its DAO.
contract GovernanceWholeMarketTest is WholeMarket {
    uint96 private constant PRICE = 1_000_000;

    address private provider = account("provider");
    address private buyer = account("buyer");

    function setUp() public override {
        super.setUp();
        wire();
        lockForPower(alice, 30_000_000e18);
        lockForPower(bob, 10_000_000e18);
        lockForPower(carol, 20_000_000e18);
        vm.warp(block.timestamp + 1);
    }

    function test_aPassedChangeOfTheFeeIsPaidByTheNextOrder() public {
        // Given an order under the fee of a hundredth
        uint256 before = placed("before");
        buy(before);
        assertEq(market.creditOf(usd, treasury), PRICE / 100);

        // When people lock, propose, vote (once by signature), queue and execute
        Plan memory plan = raiseFee();
        uint256 id = putToVote(bob, plan);
        vote(alice, id, FOR);
        bytes memory ballot = signed(keyOf("carol"), ballotDigest(id, FOR, carol));
        vm.prank(stranger);
        governor.castVoteBySig(id, FOR, carol, ballot);
        endVote(id);
        queue(plan);
        vm.warp(governor.proposalEta(id));
        vm.prank(stranger);
        execute(plan);

        // Then
        buy(placed("after"));
        assertEq(market.creditOf(usd, treasury), PRICE / 100 + PRICE * 3 / 100);
    }

    function test_withoutAQuorumTheFeeStays() public {
        uint256 id = putToVote(bob, raiseFee());
        vote(bob, id, FOR);
        endVote(id);
        assertDefeated(id);
    }

    function test_withoutAClearMarginTheFeeStays() public {
        uint256 id = putToVote(bob, raiseFee());
        vote(alice, id, FOR); // 30
        vote(carol, id, AGAINST); // 20
        vote(bob, id, AGAINST); // 10
        endVote(id);
        assertDefeated(id);
    }

    function test_aDefeatedProposalCanBeNeitherQueuedNorExecuted() public {
        Plan memory plan = raiseFee();
        uint256 id = putToVote(bob, plan);
        endVote(id);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                IGovernor.ProposalState.Defeated,
                bytes32(1 << uint8(IGovernor.ProposalState.Succeeded))
            )
        );
        queue(plan);
        vm.expectRevert();
        execute(plan);
    }

    function test_noClosureKeepsPeopleFromTakingWhatIsTheirs() public {
        // Given money in the market, a lock that has expired, and everything closed by guardian and DAO
        uint256 order = placed("before");
        buy(order);
        uint256 other = placed("other");
        vm.warp(escrow.lockOf(alice).end);
        address[2] memory targets = [address(market), address(escrow)];
        for (uint256 i = 0; i < targets.length; ++i) {
            vm.prank(address(timelock));
            authority.setTargetClosed(targets[i], true);
        }

        // When
        vm.prank(alice);
        escrow.withdraw();
        market.withdraw(usd, treasury);
        vm.prank(provider);
        market.cancel(other);

        // Then
        assertEq(token.balanceOf(alice), 15_000_000e18);
        assertEq(usd.balanceOf(treasury), PRICE / 100);
    }

    function test_theGuardianStopsSalesForTwoWeeksAndNoLonger() public {
        uint256 order = placed("held-up");
        vm.prank(guardian);
        authority.close(address(market));
        usd.mint(buyer, PRICE);
        vm.startPrank(buyer);
        usd.approve(address(market), PRICE);
        bytes32 state = registry.stateHash(registry.listingCount());
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer));
        market.fill(order, 1, PRICE, state, buyer);

        vm.warp(block.timestamp + 14 days);
        market.fill(order, 1, PRICE, state, buyer);
        vm.stopPrank();
    }

    function test_theDaoReplacesTheGuardianAndProlongsItsTerm() public {
        Plan memory plan = Plan(new address[](3), new uint256[](3), new bytes[](3), "a new guardian");
        (plan.targets[0], plan.targets[1], plan.targets[2]) =
        (address(authority), address(authority), address(authority));
        plan.calls[0] = abi.encodeCall(authority.revokeRole, (1, guardian));
        plan.calls[1] = abi.encodeCall(authority.grantRole, (1, stranger, 0));
        plan.calls[2] = abi.encodeCall(authority.setGuardianEnd, (uint48(block.timestamp + 300 days)));
        decide(alice, plan);

        vm.warp(block.timestamp + 200 days);
        vm.prank(stranger);
        authority.close(address(market));
    }

    // ------------------------------------------------------------------ helpers

    function raiseFee() private view returns (Plan memory) {
        return planOf(address(market), abi.encodeCall(market.setFee, (treasury, 300)), "fee 3 %");
    }

    /// @dev A title of a new listing, for sale.
    function placed(string memory service) private returns (uint256 order) {
        Split[] memory splits = new Split[](1);
        splits[0] = Split(PayeeKind.TITLE, address(0), 0, 10_000);
        bytes memory cid = abi.encodePacked(hex"01551220", bytes32(uint256(1)));
        vm.startPrank(provider);
        (uint256 id,) = registry.publish("", service, Kind.MODEL, cid, bytes32(uint256(1)), bytes32(uint256(2)), splits);
        registry.approve(address(market), id);
        order = market.place(Goods.TITLE, uint96(id), 1, 1, usd, PRICE, uint40(block.timestamp + 60 days));
        vm.stopPrank();
    }

    function buy(uint256 order) private {
        usd.mint(buyer, PRICE);
        bytes32 state = registry.stateHash(registry.listingCount());
        vm.startPrank(buyer);
        usd.approve(address(market), PRICE);
        market.fill(order, 1, PRICE, state, buyer);
        vm.stopPrank();
    }

    function assertDefeated(uint256 id) private {
        assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Defeated));
    }
}
