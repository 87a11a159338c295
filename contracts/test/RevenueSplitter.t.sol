// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingRegistry} from "../src/listing/IListingRegistry.sol";
import {IRevenueSplitter} from "../src/listing/IRevenueSplitter.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {ChannelConfig, Voucher, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {ChannelsRecorder, RevertingReceiver} from "./mocks/Accounts.sol";
import {
    BalanceReentrantToken,
    BlockingToken,
    FalseToken,
    FeeToken,
    OverdrawingToken,
    PlainToken,
    ReentrantToken,
    ShrinkingToken,
    SilentToken
} from "./mocks/Tokens.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract RevenueSplitterTest is MarketTest {
    address private alice = account("alice");
    address private bob = account("bob");
    address private dao = account("dao");
    bytes32 private constant KEY = keccak256("a payment");

    // ---------------------------------------------------------------- terms

    function testFuzz_splitsStandInTheCodeAsTheyWereSet(uint256 seed, uint8 count) public {
        uint256 first = publish(provider, "first");
        Split[] memory splits = evenly(bound(count, 2, 16));
        splits[0] = toTitle(splits[0].bps);
        if (seed % 2 == 0 && splits[1].bps <= 5_000) splits[1] = toListing(first, splits[1].bps);

        RevenueSplitter splitter = splitterOf(publish(provider, "second", splits));

        assertEq(splitter.listing(), 2);
        assertEq(keccak256(abi.encode(splitter.splits())), keccak256(abi.encode(splits)));
    }

    function test_theImplementationIsNoSplitter() public {
        RevenueSplitter implementation = RevenueSplitter(registry.SPLITTER());
        usd.mint(address(implementation), 100);
        vm.expectRevert(IRevenueSplitter.NotASplitter.selector);
        implementation.distribute(address(usd));
        vm.expectRevert(IRevenueSplitter.NotASplitter.selector);
        implementation.refund(address(usd), alice, 1, KEY);
        vm.expectRevert(IRevenueSplitter.NotASplitter.selector);
        implementation.claim(new VoucherClaim[](0));
        vm.expectRevert(IRevenueSplitter.NotASplitter.selector);
        implementation.listing();
        vm.expectRevert(IRevenueSplitter.NotASplitter.selector);
        implementation.splits();
    }

    // ---------------------------------------------------------------- distribute

    function testFuzz_distributeCreditsEveryShareExactly(uint256 revenue, uint16 aliceBps, uint16 feeBps) public {
        revenue = bound(revenue, 1, type(uint128).max);
        aliceBps = uint16(bound(aliceBps, 1, 9_999));
        feeBps = uint16(bound(feeBps, 0, 1_000));
        setProtocolFee(dao, feeBps);
        RevenueSplitter splitter = between(aliceBps);
        usd.mint(address(splitter), revenue);

        vm.prank(stranger);
        assertEq(splitter.distribute(address(usd)), revenue);

        uint256 rest = revenue * (10_000 - feeBps);
        assertEq(splitter.creditOf(address(usd), dao), revenue * feeBps / 10_000);
        assertEq(splitter.creditOf(address(usd), alice), rest * aliceBps / 1e8);
        assertEq(splitter.creditOf(address(usd), provider), rest * (10_000 - aliceBps) / 1e8);
        assertEq(splitter.owed(address(usd)), revenue);
        assertEq(splitter.undistributed(address(usd)), 0);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_itMakesNoDifferenceHowOftenRevenueIsDistributed(uint64[] memory payments, uint16 aliceBps)
        public
    {
        setProtocolFee(dao, 333);
        RevenueSplitter splitter = between(uint16(bound(aliceBps, 1, 9_999)));
        uint256 snapshot = youngVm.snapshotState();
        for (uint256 i = 0; i < payments.length; ++i) {
            usd.mint(address(splitter), payments[i]);
            splitter.distribute(address(usd));
        }
        uint256[3] memory often = credits(splitter);
        youngVm.revertToState(snapshot);

        for (uint256 i = 0; i < payments.length; ++i) {
            usd.mint(address(splitter), payments[i]);
        }
        splitter.distribute(address(usd));
        uint256[3] memory once = credits(splitter);

        assertEq(often[0], once[0]);
        assertEq(often[1], once[1]);
        assertEq(often[2], once[2]);
    }

    function test_attack_protocolPartAvoidedByDistributingInSmallSteps() public {
        setProtocolFee(dao, 100);
        RevenueSplitter splitter = splitterOf(publish(provider, "all"));
        for (uint256 i = 0; i < 200; ++i) {
            usd.mint(address(splitter), 1);
            splitter.distribute(address(usd));
        }
        assertEq(splitter.creditOf(address(usd), provider), 198);
        assertEq(splitter.creditOf(address(usd), dao), 2);
    }

    function test_distributeTellsWhoWasCredited() public {
        setProtocolFee(dao, 1_000);
        RevenueSplitter splitter = between(2_500);
        usd.mint(address(splitter), 1_001);
        address[] memory payees = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (payees[0], payees[1]) = (alice, provider);
        (amounts[0], amounts[1]) = (225, 675);

        vm.expectEmit(address(splitter));
        emit IRevenueSplitter.Distributed(address(usd), dao, 1_001, 100, payees, amounts);
        splitter.distribute(address(usd));
    }

    function test_distributeOfNothingDoesNothing() public {
        RevenueSplitter splitter = between(5_000);
        vm.recordLogs();
        assertEq(splitter.distribute(address(usd)), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_fractionsWaitForTheirPayee() public {
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), 3);
        splitter.distribute(address(usd));
        assertEq(splitter.withdraw(address(usd), alice), 1);
        assertEq(splitter.withdraw(address(usd), provider), 1);
        assertEq(splitter.owed(address(usd)), 1);
        assertEq(splitter.undistributed(address(usd)), 0);

        usd.mint(address(splitter), 1);
        splitter.distribute(address(usd));
        assertEq(splitter.withdraw(address(usd), alice), 1);
        assertEq(splitter.withdraw(address(usd), provider), 1);
        assertEq(splitter.owed(address(usd)), 0);
    }

    function test_titlePayeeIsWhoOwnsTheTitleWhenRevenueIsDivided() public {
        uint256 id = publish(provider, "all");
        RevenueSplitter splitter = splitterOf(id);
        usd.mint(address(splitter), 100);
        splitter.distribute(address(usd));
        transferTitle(id, bob);
        usd.mint(address(splitter), 50);
        splitter.distribute(address(usd));
        assertEq(splitter.creditOf(address(usd), provider), 100);
        assertEq(splitter.creditOf(address(usd), bob), 50);
    }

    function test_upstreamListingIsPaidThroughItsSplitterOfThatMoment() public {
        uint256 base = publish(alice, "base");
        RevenueSplitter derived =
            splitterOf(publish(provider, "derived", splitsOf(toTitle(7_000), toListing(base, 3_000))));
        address oldBase = registry.splitterOf(base);
        usd.mint(address(derived), 1_000);
        derived.distribute(address(usd));
        assertEq(derived.creditOf(address(usd), oldBase), 300);

        RevenueSplitter newBase = setSplits(base, splitsOf(toAccount(bob, 10_000)));
        usd.mint(address(derived), 1_000);
        derived.distribute(address(usd));
        assertEq(derived.creditOf(address(usd), address(newBase)), 300);

        derived.withdraw(address(usd), oldBase);
        derived.withdraw(address(usd), address(newBase));
        RevenueSplitter(oldBase).distribute(address(usd));
        newBase.distribute(address(usd));
        assertEq(RevenueSplitter(oldBase).creditOf(address(usd), alice), 300);
        assertEq(newBase.creditOf(address(usd), bob), 300);
    }

    function test_protocolPartIsThatOfTheMomentAndOfEveryStage() public {
        uint256 base = publish(alice, "base");
        RevenueSplitter derived =
            splitterOf(publish(provider, "derived", splitsOf(toTitle(5_000), toListing(base, 5_000))));
        usd.mint(address(derived), 1_000);
        setProtocolFee(dao, 1_000);
        derived.distribute(address(usd));
        setProtocolFee(address(0), 0);
        assertEq(derived.creditOf(address(usd), dao), 100);
        assertEq(derived.creditOf(address(usd), provider), 450);
        assertEq(derived.creditOf(address(usd), registry.splitterOf(base)), 450);
    }

    function test_assetsAreDividedApart() public {
        RevenueSplitter splitter = between(5_000);
        PlainToken other = new PlainToken();
        usd.mint(address(splitter), 100);
        other.mint(address(splitter), 40);
        splitter.distribute(address(usd));
        assertEq(splitter.owed(address(usd)), 100);
        assertEq(splitter.owed(address(other)), 0);
        assertEq(splitter.undistributed(address(other)), 40);
    }

    // ---------------------------------------------------------------- withdraw

    function testFuzz_anyoneWithdrawsButOnlyThePayeeIsPaid(address caller, uint128 revenue) public {
        vm.assume(caller != address(0) && caller != alice);
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), revenue);
        splitter.distribute(address(usd));
        uint256 credit = splitter.creditOf(address(usd), alice);
        uint256 before = usd.balanceOf(caller);

        vm.prank(caller);
        assertEq(splitter.withdraw(address(usd), alice), credit);

        assertEq(usd.balanceOf(alice), credit);
        assertEq(usd.balanceOf(caller), before);
        assertEq(splitter.creditOf(address(usd), alice), 0);
        assertEq(splitter.withdraw(address(usd), alice), 0);
        assertEq(usd.balanceOf(alice), credit);
    }

    function test_withdrawTellsWhatWasPaid() public {
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), 100);
        splitter.distribute(address(usd));
        vm.expectEmit(address(splitter));
        emit IRevenueSplitter.Withdrawn(address(usd), alice, 50);
        splitter.withdraw(address(usd), alice);
    }

    // ---------------------------------------------------------------- refund

    function testFuzz_refundPaysOutOfTheOwnersOwnCredit(uint256 revenue, uint256 amount) public {
        revenue = bound(revenue, 2, type(uint128).max);
        amount = bound(amount, 1, revenue / 2);
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), revenue);

        vm.expectEmit(address(splitter));
        emit IRevenueSplitter.Refunded(address(usd), buyer, KEY, provider, amount);
        vm.prank(provider);
        splitter.refund(address(usd), buyer, amount, KEY);

        assertEq(usd.balanceOf(buyer), amount);
        assertEq(splitter.creditOf(address(usd), provider), revenue / 2 - amount);
        assertEq(splitter.creditOf(address(usd), alice), revenue / 2);
        assertTrue(splitter.isRefunded(KEY));
    }

    function testFuzz_refundNeverTouchesWhatOthersAreOwed(uint128 divided, uint128 pending, uint256 amount) public {
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), divided);
        splitter.distribute(address(usd));
        usd.mint(address(splitter), pending);
        uint256 available = (uint256(divided) + pending) / 2;
        amount = bound(amount, available + 1, type(uint256).max);

        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.RefundNotCovered.selector, amount, available));
        splitter.refund(address(usd), buyer, amount, KEY);
    }

    function test_aPaymentIsRefundedOnce() public {
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), 100);
        vm.startPrank(provider);
        splitter.refund(address(usd), buyer, 10, KEY);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.AlreadyRefunded.selector, KEY));
        splitter.refund(address(usd), buyer, 10, KEY);
        vm.stopPrank();
    }

    function test_aRefundIsOfSomethingToSomebodyElse() public {
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), 100);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.RefundNotCovered.selector, 0, 50));
        splitter.refund(address(usd), buyer, 0, KEY);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.RefundNotCovered.selector, 1, 50));
        splitter.refund(address(usd), address(splitter), 1, KEY);
        vm.stopPrank();
    }

    function testFuzz_onlyTheTitleOwnerRefunds(address caller) public {
        vm.assume(caller != provider);
        RevenueSplitter splitter = between(5_000);
        usd.mint(address(splitter), 100);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.NotTitleOwner.selector, caller));
        splitter.refund(address(usd), buyer, 10, KEY);
    }

    // ---------------------------------------------------------------- claim

    function test_ownerAndNamedClaimerForwardVouchersToTheChannelContract() public {
        uint256 id = publish(provider, "all");
        RevenueSplitter splitter = splitterOf(id);
        ChannelsRecorder channels = ChannelsRecorder(address(splitter.CHANNELS()));
        assertEq(address(channels), 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003);
        vm.etch(address(channels), address(new ChannelsRecorder()).code);
        VoucherClaim[] memory claims = new VoucherClaim[](1);
        ChannelConfig memory config =
            ChannelConfig(buyer, buyer, address(splitter), alice, address(usd), 900, bytes32(0));
        claims[0] = VoucherClaim(Voucher(config, 1_000), "signature", 700);

        vm.prank(provider);
        splitter.claim(claims);
        assertEq(channels.claimedBy(), address(splitter));
        assertEq(channels.claimed(), keccak256(abi.encode(claims)));

        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.NotClaimer.selector, alice));
        splitter.claim(claims);

        vm.prank(provider);
        registry.setClaimer(id, alice);
        vm.prank(alice);
        splitter.claim(claims);

        transferTitle(id, bob);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.NotClaimer.selector, alice));
        splitter.claim(claims);
    }

    function test_claimHasTheSelectorOfTheChannelContract() public {
        assertEq(uint256(uint32(IRevenueSplitter.claim.selector)), 0x29237b0c);
    }

    // ---------------------------------------------------------------- attacks

    function test_attack_splitsChangedOverUndistributedRevenue() public {
        uint256 id = publish(provider, "shared", splitsOf(toTitle(4_000), toAccount(alice, 6_000)));
        RevenueSplitter old = splitterOf(id);
        usd.mint(address(old), 1_000);

        RevenueSplitter fresh = setSplits(id, allToTitle());
        assertNotEq(address(fresh), address(old));
        usd.mint(address(old), 500);
        old.distribute(address(usd));

        assertEq(old.creditOf(address(usd), alice), 900);
        assertEq(fresh.undistributed(address(usd)), 0);
    }

    function test_attack_circleOfRevenueThroughAFixedAccount() public {
        uint256 base = publish(alice, "base");
        RevenueSplitter derived =
            splitterOf(publish(provider, "derived", splitsOf(toTitle(5_000), toListing(base, 5_000))));
        RevenueSplitter circle = setSplits(base, splitsOf(toAccount(address(derived), 10_000)));
        usd.mint(address(derived), 1_000);
        for (uint256 i = 0; i < 12; ++i) {
            derived.distribute(address(usd));
            derived.withdraw(address(usd), address(circle));
            circle.distribute(address(usd));
            circle.withdraw(address(usd), address(derived));
        }
        assertGte(derived.creditOf(address(usd), provider), 998);
        assertEq(usd.balanceOf(address(derived)) + usd.balanceOf(address(circle)), 1_000);
    }

    function test_attack_payeeThatCannotBePaidBlocksNobodyElse() public {
        BlockingToken token = new BlockingToken();
        token.setBlocked(alice);
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 100);
        splitter.distribute(address(token));
        vm.expectRevert(bytes("blocked"));
        splitter.withdraw(address(token), alice);
        assertEq(splitter.withdraw(address(token), provider), 50);
        assertEq(splitter.creditOf(address(token), alice), 50);
    }

    function test_attack_receiverThatRevertsIsPaidAnyway() public {
        address hostile = address(new RevertingReceiver());
        RevenueSplitter splitter =
            splitterOf(publish(provider, "all", splitsOf(toTitle(5_000), toAccount(hostile, 5_000))));
        usd.mint(address(splitter), 100);
        splitter.distribute(address(usd));
        splitter.withdraw(address(usd), hostile);
        splitter.withdraw(address(usd), provider);
        assertEq(usd.balanceOf(hostile), 50);
        assertEq(usd.balanceOf(provider), 50);
    }

    function test_attack_reentrancyFromTheAsset() public {
        ReentrantToken token = new ReentrantToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 100);
        splitter.distribute(address(token));

        token.attackWith(abi.encodeCall(IRevenueSplitter.withdraw, (address(token), provider)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        splitter.withdraw(address(token), alice);

        token.attackWith(abi.encodeCall(IRevenueSplitter.distribute, (address(token))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        splitter.withdraw(address(token), alice);

        token.attackWith("");
        assertEq(splitter.withdraw(address(token), alice), 50);
    }

    function test_attack_reentrancyFromBalanceOf() public {
        BalanceReentrantToken token = new BalanceReentrantToken();
        RevenueSplitter splitter = between(5_000);
        token.attack(address(splitter));
        assertEq(splitter.distribute(address(token)), 1_000);
    }

    function test_attack_assetThatTakesMoreThanAsked() public {
        OverdrawingToken token = new OverdrawingToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 1_000);
        splitter.distribute(address(token));
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.AssetOverdrew.selector, address(token), 500, 505));
        splitter.withdraw(address(token), alice);
    }

    // ---------------------------------------------------------------- odd assets

    function test_assetThatReturnsNothingIsPaidOut() public {
        SilentToken token = new SilentToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 100);
        splitter.distribute(address(token));
        splitter.withdraw(address(token), alice);
        assertEq(token.balanceOf(alice), 50);
    }

    function test_assetThatReturnsFalseKeepsTheCredit() public {
        FalseToken token = new FalseToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 100);
        splitter.distribute(address(token));
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        splitter.withdraw(address(token), alice);
        assertEq(splitter.creditOf(address(token), alice), 50);
    }

    function test_assetThatKeepsAFeeIsDividedByWhatArrived() public {
        FeeToken token = new FeeToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(buyer, 1_000);
        vm.prank(buyer);
        token.transfer(address(splitter), 1_000);
        assertEq(splitter.distribute(address(token)), 990);
        splitter.withdraw(address(token), alice);
        splitter.withdraw(address(token), provider);
        assertEq(splitter.owed(address(token)), 0);
        assertEq(token.balanceOf(address(splitter)), 0);
    }

    function test_assetThatShrinksPaysTheFirstAndHurtsNoOtherAsset() public {
        ShrinkingToken token = new ShrinkingToken();
        RevenueSplitter splitter = between(5_000);
        token.mint(address(splitter), 100);
        usd.mint(address(splitter), 100);
        splitter.distribute(address(token));
        splitter.distribute(address(usd));
        token.shrink(address(splitter), 30);

        assertEq(splitter.undistributed(address(token)), 0);
        assertEq(splitter.distribute(address(token)), 0);
        assertEq(splitter.withdraw(address(token), alice), 50);
        vm.expectRevert();
        splitter.withdraw(address(token), provider);
        assertEq(splitter.withdraw(address(usd), provider), 50);
    }

    function test_whatIsNoTokenCannotBeDistributed() public {
        RevenueSplitter splitter = between(5_000);
        vm.expectRevert();
        splitter.distribute(stranger);
    }

    // ---------------------------------------------------------------- helpers

    function credits(RevenueSplitter splitter) private view returns (uint256[3] memory) {
        return [
            splitter.creditOf(address(usd), dao),
            splitter.creditOf(address(usd), alice),
            splitter.creditOf(address(usd), provider)
        ];
    }

    /// @dev A listing of the provider that pays alice so much and its owner the rest.
    function between(uint16 aliceBps) private returns (RevenueSplitter) {
        return
            splitterOf(publish(provider, "between", splitsOf(toAccount(alice, aliceBps), toTitle(10_000 - aliceBps))));
    }
}
