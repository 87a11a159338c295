// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PassKind} from "../src/access/IAccessPass.sol";
import {LeaseQuote} from "../src/compute/ILeaseEscrow.sol";
import {IRevenueSplitter} from "../src/listing/IRevenueSplitter.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {ChannelConfig, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {ComputeTest} from "./base/ComputeTest.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {TradeTest} from "./base/TradeTest.sol";

/// @dev The findings of docs/reviews/payments-and-trade.md that were accepted, by their numbers.
///
/// An owner of a title that makes three calls in a row, so that nobody comes in between.
contract Skimmer {
    function skim(RevenueSplitter splitter, VoucherClaim[] calldata rows, address asset, uint256 amount) external {
        splitter.claim(rows);
        splitter.CHANNELS().settle(address(splitter), asset);
        splitter.refund(asset, msg.sender, amount, keccak256("any key"));
    }
}

contract ReviewOfRefundsTest is MarketTest, CanonicalX402 {
    address private node = account("node");
    address private upstreamOwner = account("upstream owner");
    address private investor = account("investor");
    address private treasury = account("treasury");

    function test_finding1_aRefundIsPaidByTheOwnerAlone() public {
        setProtocolFee(treasury, 1_000);
        uint256 upstream = publish(upstreamOwner, "base-model");
        uint256 id = publish(
            provider, "derived", splitsOf(toListing(upstream, 3_000), toAccount(investor, 2_000), toTitle(5_000))
        );
        RevenueSplitter splitter = splitterOf(id);
        Skimmer skimmer = new Skimmer();
        transferTitle(id, address(skimmer)); // the owner's own contract

        usd.mint(buyer, 1_000e6);
        ChannelConfig memory config = channelOf(buyer, address(splitter), node, address(usd));
        deposit(keyOf("buyer"), config, 1_000e6);
        VoucherClaim[] memory rows = rowsOf(claimOf(keyOf("buyer"), config, 1_000e6, 1_000e6));

        // Protocol 100, then 30 %, 20 % and 50 % of the rest.
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.RefundNotCovered.selector, 450e6 + 1, 450e6));
        skimmer.skim(splitter, rows, address(usd), 450e6 + 1);

        vm.prank(provider);
        skimmer.skim(splitter, rows, address(usd), 450e6);
        assertEq(usd.balanceOf(provider), 450e6);
        assertEq(splitter.creditOf(address(usd), treasury), 100e6);
        assertEq(splitter.creditOf(address(usd), investor), 180e6);
        assertEq(splitter.creditOf(address(usd), address(splitterOf(upstream))), 270e6);
    }
}

/// @dev Any delegation target that does not answer ERC-1271.
contract Mute {
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external pure returns (bytes4) {
        return 0xf23a6e61;
    }
}

contract ReviewOfVouchersTest is TradeTest {
    function test_finding2_aHolderThatDelegatesItsAccountIsStillBoundByItsKey() public {
        uint256 listing = publish(provider, "minilm");
        uint256 id = defineTier(listing, PassKind.CREDITS, PRICE, 1_000, 10) << 40;
        buyPass(buyer, id >> 40, 1);
        vm.prank(buyer);
        passes.activate(id, 1_000);

        bytes memory voucher = sign("buyer", passes.voucherDigest(buyer, id, 1_000));

        // EIP-7702: one transaction, reversible at will.
        vm.etch(buyer, abi.encodePacked(hex"ef0100", address(new Mute())));
        vm.prank(provider);
        assertEq(passes.redeem(buyer, id, 1_000, 1_000, voucher), 1_000);
        assertEq(passes.creditsOf(buyer, id).active, 0);
    }
}

contract ReviewOfRoyaltiesTest is TradeTest {
    address private artist = account("artist");
    address private taker = account("taker");

    function test_finding4_aRoyaltyThatRisesDoesNotReachOpenOrders() public {
        uint256 id = publish(provider, "minilm");
        vm.prank(provider);
        registry.setRoyalty(id, artist, 1);
        uint256 order = offerTitle(id, 1_000e6);

        vm.prank(artist);
        registry.setRoyalty(id, artist, 1_000);
        fund(taker, 1_000e6);
        bytes32 state = registry.stateHash(id);
        vm.prank(taker);
        market.fill(order, 1, 1_000e6, state, taker);
        assertEq(market.creditOf(usd, provider), 999_900_000);
        assertEq(market.creditOf(usd, artist), 100_000);
    }
}

contract ReviewOfEscrowsTest is ComputeTest {
    address private investor = account("investor");

    function test_finding3_rentIsDividedByTheSplitsThatALeaseWasOpenedUnder() public {
        setSplits(listing, splitsOf(toAccount(investor, 9_000), toTitle(1_000)));
        usd.mint(buyer, 100e6);
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.startPrank(buyer);
        usd.approve(address(leases), type(uint256).max);
        uint256 id = leases.open(quote, signature, 50e6);
        vm.stopPrank();
        vm.prank(provider);
        leases.activate(id);
        vm.warp(block.timestamp + 10 hours);
        vm.prank(buyer);
        leases.close(id);
        RevenueSplitter splitter = splitterOf(listing);
        setSplits(listing, allToTitle());
        vm.warp(block.timestamp + 1 days);
        leases.withdraw(id);
        splitter.distribute(address(usd));
        assertEq(splitter.creditOf(address(usd), investor), 32_400_000);
        assertEq(splitter.creditOf(address(usd), provider), 3_600_000);
    }

    function test_finding3_aBudgetIsDividedByTheSplitsThatAJobWasFundedUnder() public {
        setSplits(listing, splitsOf(toAccount(investor, 9_000), toTitle(1_000)));
        usd.mint(buyer, 100e6);
        vm.startPrank(buyer);
        usd.approve(address(jobs), 50e6);
        uint256 id = jobs.createJob(
            listing, address(usd), provider, uint48(block.timestamp + 2 * jobs.WINDOW()), "", address(0)
        );
        jobs.setBudget(id, 50e6, "");
        jobs.fund(id, 50e6, "");
        vm.stopPrank();
        RevenueSplitter splitter = splitterOf(listing);
        setSplits(listing, allToTitle());

        vm.prank(provider);
        jobs.submit(id, "work", "");
        vm.prank(address(court));
        jobs.complete(id, "", "");
        splitter.distribute(address(usd));
        assertEq(splitter.creditOf(address(usd), investor), uint256(50e6) * (10_000 - FEE_BPS) / 10_000 * 9 / 10);
    }

    function test_finding5_aLeaseThatRunsIsToppedUpWhateverIsClosed() public {
        usd.mint(buyer, 100e6);
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.startPrank(buyer);
        usd.approve(address(leases), type(uint256).max);
        uint256 id = leases.open(quote, signature, 3_600_000);
        vm.stopPrank();
        vm.prank(provider);
        leases.activate(id);

        close(address(leases));
        vm.prank(buyer);
        leases.topUp(id, 50e6);
        assertEq(leases.lease(id).deposit, 53_600_000);
    }
}
