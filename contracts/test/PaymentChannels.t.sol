// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChannelConfig, IPaymentChannels, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {X402} from "../src/payment/X402.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {LyingCollector, MintingCollector} from "./mocks/Collectors.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Vm} from "@prb/test/Vm.sol";

/// forge-config: default.fuzz.runs = 48
contract PaymentChannelsTest is MarketTest, CanonicalX402 {
    address private node = account("node");
    uint256 private payerKey = keyOf("buyer");
    PlainToken private plain = new PlainToken();
    address private minting = address(new MintingCollector());
    ChannelConfig private config = channelOf(buyer, provider, node, address(usd));
    bytes32 private id = idOf(config);

    function setUp() public {
        usd.mint(buyer, 1_000_000);
    }

    // ---------------------------------------------------------------- deposit

    function testFuzz_aDepositOpensAChannelAndLaterOnesFillIt(uint128 first, uint128 second) public {
        first = uint128(bound(first, 1, type(uint128).max - 1));
        second = uint128(bound(second, 1, type(uint128).max - first));
        ChannelConfig memory other = plainChannel();
        bytes32 channel = idOf(other);

        vm.expectEmit(address(channels));
        emit IPaymentChannels.ChannelCreated(channel, other);
        vm.expectEmit(address(channels));
        emit IPaymentChannels.Deposited(channel, stranger, first, first);
        vm.prank(stranger);
        channels.deposit(other, first, minting, "");
        assertBalance(channel, first, 0);

        vm.recordLogs();
        channels.deposit(other, second, minting, "");
        assertEq(emitted(IPaymentChannels.ChannelCreated.selector), 0);
        assertBalance(channel, first + second, 0);
        assertEq(plain.balanceOf(address(channels)), uint256(first) + second);
    }

    function test_aDepositByAuthorizationMovesThePayersMoneyThroughTheCollector() public {
        bytes memory data = depositData(payerKey, config, 1_000, 1);
        vm.prank(stranger);
        channels.deposit(config, 1_000, X402.ERC3009_COLLECTOR, data);
        assertEq(usd.balanceOf(buyer), 999_000);
        assertEq(usd.balanceOf(address(channels)), 1_000);
        assertEq(usd.balanceOf(X402.ERC3009_COLLECTOR), 0);
        assertBalance(id, 1_000, 0);
        assertTrue(usd.authorizationState(buyer, depositNonce(config, 1)));
    }

    function test_aChannelNeedsEveryPartyButAPayersAuthorizer() public {
        ChannelConfig memory good = plainChannel();
        good.payerAuthorizer = address(0);
        channels.deposit(good, 1, minting, "");

        ChannelConfig[4] memory bad = [copy(good), copy(good), copy(good), copy(good)];
        bad[0].payer = address(0);
        bad[1].receiver = address(0);
        bad[2].receiverAuthorizer = address(0);
        bad[3].token = address(0);
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(IPaymentChannels.InvalidChannel.selector);
            channels.deposit(bad[i], 1, minting, "");
        }
    }

    function testFuzz_theDelayIsAQuarterOfAnHourToThirtyDays(uint40 delay) public {
        ChannelConfig memory other = plainChannel();
        other.withdrawDelay = delay;
        if (delay < 900 || delay > 2_592_000) vm.expectRevert(IPaymentChannels.WithdrawDelayOutOfRange.selector);
        channels.deposit(other, 1, minting, "");
    }

    function test_theLimitsOfTheDelayAreInside() public {
        uint40[4] memory delays = [uint40(899), 900, 2_592_000, 2_592_001];
        for (uint256 i = 0; i < delays.length; ++i) {
            testFuzz_theDelayIsAQuarterOfAnHourToThirtyDays(delays[i]);
        }
    }

    function test_aDepositOfNothingOrByNobodyIsRefused() public {
        vm.expectRevert(IPaymentChannels.ZeroDeposit.selector);
        channels.deposit(config, 0, minting, "");
        vm.expectRevert(IPaymentChannels.InvalidCollector.selector);
        channels.deposit(config, 1, address(0), "");
    }

    function test_aBalanceBeyondItsBitsIsRefused() public {
        ChannelConfig memory other = plainChannel();
        channels.deposit(other, type(uint128).max, minting, "");
        vm.expectRevert(IPaymentChannels.DepositOverflow.selector);
        channels.deposit(other, 1, minting, "");
    }

    function testFuzz_exactlyTheAmountMustArrive(uint96 amount, uint96 delivered) public {
        amount = uint96(bound(amount, 1, type(uint96).max));
        ChannelConfig memory other = plainChannel();
        address liar = address(new LyingCollector());
        if (amount != delivered) vm.expectRevert(IPaymentChannels.DepositCollectionFailed.selector);
        channels.deposit(other, amount, liar, abi.encode(delivered));
    }

    function testFuzz_everyTermIsPartOfTheId(uint256 which, uint160 change) public {
        ChannelConfig memory other = copy(config);
        which %= 7;
        if (which == 0) other.payer = address(change);
        if (which == 1) other.payerAuthorizer = address(change);
        if (which == 2) other.receiver = address(change);
        if (which == 3) other.receiverAuthorizer = address(change);
        if (which == 4) other.token = address(change);
        if (which == 5) other.withdrawDelay = uint40(change);
        if (which == 6) other.salt = bytes32(uint256(change));
        bool same = keccak256(abi.encode(other)) == keccak256(abi.encode(config));
        assertEq(channels.getChannelId(other) == id, same);
        assertEq(channels.getChannelId(other), idOf(other));
    }

    // ---------------------------------------------------------------- claim

    function testFuzz_aClaimRecordsWhatWasEarnedAndMovesNothing(uint128 balance, uint128 ceiling, uint128 total)
        public
    {
        balance = uint128(bound(balance, 1, 1_000_000));
        ceiling = uint128(bound(ceiling, 1, type(uint128).max));
        total = uint128(bound(total, 1, ceiling < balance ? ceiling : balance));
        deposit(payerKey, config, balance);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, ceiling, total));

        vm.expectEmit(address(channels));
        emit IPaymentChannels.Claimed(id, provider, total, total);
        vm.prank(provider);
        channels.claim(rows);

        assertBalance(id, balance, total);
        assertEarned(provider, total, 0);
        assertEq(usd.balanceOf(address(channels)), balance);
    }

    function testFuzz_moreThanTheVoucherOrTheChannelIsRefused(uint128 balance, uint128 ceiling, uint128 total) public {
        balance = uint128(bound(balance, 1, 1_000_000));
        total = uint128(bound(total, 1, 3_000_000));
        ceiling = uint128(bound(ceiling, 0, 3_000_000));
        deposit(payerKey, config, balance);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, ceiling, total));
        vm.prank(node);
        if (total > ceiling) vm.expectRevert(IPaymentChannels.ClaimExceedsCeiling.selector);
        else if (total > balance) vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        channels.claim(rows);
    }

    function testFuzz_claimsAreCumulative(uint64[] memory totals) public {
        usd.mint(buyer, type(uint64).max);
        deposit(payerKey, config, type(uint64).max);
        uint128 highest = 0;
        for (uint256 i = 0; i < totals.length; ++i) {
            if (totals[i] > highest) highest = totals[i];
            VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, totals[i], totals[i]));
            vm.prank(node);
            channels.claim(rows);
            assertBalance(id, type(uint64).max, highest);
            assertEarned(provider, highest, 0);
        }
    }

    function test_aRowThatIsRecordedIsSkippedWhateverItsSignature() public {
        deposit(payerKey, config, 1_000);
        claim(claimOf(payerKey, config, 1_000, 700));
        VoucherClaim memory old = claimOf(payerKey, config, 500, 500);
        old.signature = "nonsense";
        vm.recordLogs();
        claim(old);
        old.totalClaimed = 700;
        old.voucher.maxClaimableAmount = 0;
        claim(old);
        assertEq(emitted(IPaymentChannels.Claimed.selector), 0);
        assertBalance(id, 1_000, 700);
    }

    function testFuzz_onlyTheReceiversSideClaims(address caller) public {
        vm.assume(caller != provider && caller != node);
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700));
        vm.prank(caller);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToClaim.selector);
        channels.claim(rows);
    }

    function test_oneClaimTakesRowsOfManyChannels() public {
        ChannelConfig memory other = copy(config);
        other.salt = "other";
        deposit(payerKey, config, 1_000);
        deposit(payerKey, other, 2_000);
        VoucherClaim[] memory rows =
            rowsOf(claimOf(payerKey, config, 1_000, 700), claimOf(payerKey, other, 2_000, 1_100));
        vm.prank(node);
        channels.claim(rows);
        assertBalance(id, 1_000, 700);
        assertBalance(idOf(other), 2_000, 1_100);
        assertEarned(provider, 1_800, 0);
    }

    function test_twoRowsOfOneChannelCountAsTheHigher() public {
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 300, 300), claimOf(payerKey, config, 1_000, 700));
        vm.prank(node);
        channels.claim(rows);
        assertEarned(provider, 700, 0);
    }

    function test_noRowsAreNoClaim() public {
        VoucherClaim[] memory none = new VoucherClaim[](0);
        vm.expectRevert(IPaymentChannels.EmptyBatch.selector);
        channels.claim(none);
        vm.expectRevert(IPaymentChannels.EmptyBatch.selector);
        channels.claimWithSignature(none, "");
        assertEq(channels.getClaimBatchDigest(none), batchDigest(none));
    }

    function testFuzz_aVoucherIsSignedByThePayersAuthorizer(uint256 key) public {
        key = bound(key, 1, ORDER - 1);
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(key, config, 1_000, 700));
        vm.prank(node);
        if (key != payerKey) vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);
    }

    function test_theAuthorizerSignsInsteadOfThePayer() public {
        config.payerAuthorizer = account("session");
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700));
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);

        claim(claimOf(keyOf("session"), config, 1_000, 700));
        assertBalance(idOf(config), 1_000, 700);
    }

    function test_aVoucherHoldsForItsChannelAndCeilingOnly() public {
        ChannelConfig memory other = copy(config);
        other.salt = "other";
        deposit(payerKey, config, 1_000);
        deposit(payerKey, other, 1_000);
        VoucherClaim memory row = claimOf(payerKey, config, 1_000, 700);

        VoucherClaim[] memory moved = rowsOf(claimOf(payerKey, other, 1_000, 700));
        moved[0].signature = row.signature;
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(moved);

        moved = rowsOf(row);
        moved[0].voucher.maxClaimableAmount = 1_001;
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(moved);
    }

    function test_aPayerWithoutAuthorizerSignsAsItsCodeSaysOrAsAPlainAccount() public {
        ChannelConfig memory plainAccount = plainChannel();
        plainAccount.payerAuthorizer = address(0);
        channels.deposit(plainAccount, 1_000, minting, "");
        claim(claimOf(payerKey, plainAccount, 1_000, 700));
        assertBalance(idOf(plainAccount), 1_000, 700);

        ChannelConfig memory wallet = copy(plainAccount);
        wallet.payer = address(new ContractWallet(buyer));
        channels.deposit(wallet, 1_000, minting, "");
        claim(claimOf(payerKey, wallet, 1_000, 700));
        assertBalance(idOf(wallet), 1_000, 700);

        VoucherClaim[] memory rows = rowsOf(claimOf(keyOf("stranger"), wallet, 1_000, 800));
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);
    }

    // ---------------------------------------------------------------- claimWithSignature

    function testFuzz_anyoneSubmitsAClaimThatTheReceiversAuthorizerSigned(address caller, uint128 total) public {
        total = uint128(bound(total, 1, 1_000));
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, total));
        bytes memory signature = sign(keyOf("node"), batchDigest(rows));
        vm.expectEmit(address(channels));
        emit IPaymentChannels.Claimed(id, caller, total, total);
        vm.prank(caller);
        channels.claimWithSignature(rows, signature);
        assertBalance(id, 1_000, total);
    }

    function test_theSignatureIsOverEveryRowInItsOrder() public {
        ChannelConfig memory other = copy(config);
        other.salt = "other";
        deposit(payerKey, config, 1_000);
        deposit(payerKey, other, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700), claimOf(payerKey, other, 1_000, 600));
        bytes memory signature = sign(keyOf("node"), batchDigest(rows));
        assertEq(channels.getClaimBatchDigest(rows), batchDigest(rows));

        rejects(rowsOf(rows[0]), signature);
        rejects(rowsOf(rows[1], rows[0]), signature);
        rows[1].totalClaimed = 601;
        rejects(rows, signature);
        rows[1].totalClaimed = 600;
        rejects(rows, sign(keyOf("provider"), batchDigest(rows)));

        channels.claimWithSignature(rows, signature);
        assertEarned(provider, 1_300, 0);
        channels.claimWithSignature(rows, signature);
        assertEarned(provider, 1_300, 0);
    }

    function test_allRowsHaveTheAuthorizerOfTheFirst() public {
        ChannelConfig memory other = copy(config);
        other.receiverAuthorizer = stranger;
        deposit(payerKey, config, 1_000);
        deposit(payerKey, other, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700), claimOf(payerKey, other, 1_000, 600));
        bytes memory signature = sign(keyOf("node"), batchDigest(rows));
        vm.expectRevert(IPaymentChannels.NotReceiverAuthorizer.selector);
        channels.claimWithSignature(rows, signature);
    }

    function test_aContractAuthorizesClaimsAndRefunds() public {
        config.receiverAuthorizer = address(new ContractWallet(node));
        deposit(payerKey, config, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700));
        channels.claimWithSignature(rows, sign(keyOf("node"), batchDigest(rows)));
        channels.refundWithSignature(config, 100, 0, sign(keyOf("node"), refundDigest(idOf(config), 0, 100)));
        assertBalance(idOf(config), 900, 700);
    }

    // ---------------------------------------------------------------- settle

    function testFuzz_settlePaysTheReceiverWhatItEarnedSinceTheLast(uint128 first, uint128 second) public {
        first = uint128(bound(first, 1, 500_000));
        second = uint128(bound(second, first + 1, 1_000_000));
        deposit(payerKey, config, 1_000_000);
        claim(claimOf(payerKey, config, first, first));

        vm.expectEmit(address(channels));
        emit IPaymentChannels.Settled(provider, address(usd), stranger, first);
        vm.prank(stranger);
        channels.settle(provider, address(usd));
        assertEq(usd.balanceOf(provider), first);

        claim(claimOf(payerKey, config, second, second));
        assertEarned(provider, second, first);
        channels.settle(provider, address(usd));
        assertEq(usd.balanceOf(provider), second);
        assertEarned(provider, second, second);
    }

    function test_settlingNothingDoesNothing() public {
        vm.recordLogs();
        channels.settle(provider, address(usd));
        channels.settle(provider, address(0));
        assertEq(vm.getRecordedLogs().length, 0);
    }

    // ---------------------------------------------------------------- refund

    function testFuzz_aRefundGivesBackUpToWhatIsUnclaimed(uint128 claimed, uint128 asked, bool byNode) public {
        claimed = uint128(bound(claimed, 0, 1_000));
        asked = uint128(bound(asked, 1, type(uint128).max));
        deposit(payerKey, config, 1_000);
        if (claimed > 0) claim(claimOf(payerKey, config, 1_000, claimed));
        uint128 given = asked < 1_000 - claimed ? asked : 1_000 - claimed;

        if (given > 0) {
            vm.expectEmit(address(channels));
            emit IPaymentChannels.Refunded(id, byNode ? node : provider, given);
        }
        vm.prank(byNode ? node : provider);
        channels.refund(config, asked);

        assertBalance(id, 1_000 - given, claimed);
        assertEq(usd.balanceOf(buyer), 999_000 + given);
        assertEq(channels.refundNonce(id), 1);
    }

    function testFuzz_onlyTheReceiversSideRefunds(address caller) public {
        vm.assume(caller != provider && caller != node);
        deposit(payerKey, config, 1_000);
        vm.prank(caller);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToRefund.selector);
        channels.refund(config, 1);
    }

    function test_aRefundOfNothingIsRefusedAndUsesNoNonce() public {
        deposit(payerKey, config, 1_000);
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.ZeroRefund.selector);
        channels.refund(config, 0);
        assertEq(channels.refundNonce(id), 0);
    }

    function test_aRefundThatFindsNothingMovesNothingAndUsesItsNonce() public {
        vm.recordLogs();
        vm.prank(node);
        channels.refund(config, 5);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(channels.refundNonce(id), 1);
    }

    function testFuzz_anyoneSubmitsARefundThatTheReceiversAuthorizerSigned(address caller, uint128 amount) public {
        amount = uint128(bound(amount, 1, 1_000));
        deposit(payerKey, config, 1_000);
        bytes memory signature = sign(keyOf("node"), refundDigest(id, 0, amount));
        vm.prank(caller);
        channels.refundWithSignature(config, amount, 0, signature);
        assertEq(usd.balanceOf(buyer), 999_000 + amount);
        assertEq(channels.refundNonce(id), 1);
    }

    function test_aSignedRefundHoldsForItsChannelAmountAndNonce() public {
        deposit(payerKey, config, 1_000);
        bytes memory signature = sign(keyOf("node"), refundDigest(id, 0, 100));
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.refundWithSignature(config, 101, 0, signature);
        vm.expectRevert(IPaymentChannels.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 100, 1, signature);
        bytes memory wrong = sign(keyOf("provider"), refundDigest(id, 0, 100));
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.refundWithSignature(config, 100, 0, wrong);

        ChannelConfig memory other = copy(config);
        other.salt = "other";
        deposit(payerKey, other, 1_000);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.refundWithSignature(other, 100, 0, signature);
    }

    function test_emptyingAChannelThatNeverHadAClaimClosesIt() public {
        deposit(payerKey, config, 1_000);
        vm.expectEmit(address(channels));
        emit IPaymentChannels.ChannelClosed(id, config);
        vm.prank(node);
        channels.refund(config, 1_000);

        vm.expectEmit(address(channels));
        emit IPaymentChannels.ChannelCreated(id, config);
        bytes memory data = depositData(payerKey, config, 1, 77);
        channels.deposit(config, 1, X402.ERC3009_COLLECTOR, data);

        claim(claimOf(payerKey, config, 1, 1));
        deposit(payerKey, config, 4);
        vm.recordLogs();
        vm.prank(node);
        channels.refund(config, 4);
        assertEq(emitted(IPaymentChannels.ChannelClosed.selector), 0);
    }

    // ---------------------------------------------------------------- withdrawal

    function testFuzz_thePayerLeavesAfterItsDelay(uint128 claimed, uint128 amount, uint40 delay, bool byAuthorizer)
        public
    {
        claimed = uint128(bound(claimed, 0, 999));
        amount = uint128(bound(amount, 1, 1_000 - claimed));
        config.withdrawDelay = uint40(bound(delay, 900, 2_592_000));
        config.payerAuthorizer = account("session");
        bytes32 channel = idOf(config);
        deposit(payerKey, config, 1_000);
        if (claimed > 0) claim(claimOf(keyOf("session"), config, claimed, claimed));

        vm.startPrank(byAuthorizer ? config.payerAuthorizer : buyer);
        uint40 finalizeAfter = uint40(block.timestamp) + config.withdrawDelay;
        vm.expectEmit(address(channels));
        emit IPaymentChannels.WithdrawInitiated(channel, amount, finalizeAfter);
        channels.initiateWithdraw(config, amount);
        assertPending(channel, amount, uint40(block.timestamp));

        vm.warp(finalizeAfter - 1);
        vm.expectRevert(IPaymentChannels.WithdrawDelayNotElapsed.selector);
        channels.finalizeWithdraw(config);

        vm.warp(finalizeAfter);
        vm.expectEmit(address(channels));
        emit IPaymentChannels.WithdrawFinalized(channel, byAuthorizer ? config.payerAuthorizer : buyer, amount);
        channels.finalizeWithdraw(config);
        vm.stopPrank();

        assertBalance(channel, 1_000 - amount, claimed);
        assertEq(usd.balanceOf(buyer), 999_000 + amount);
        assertPending(channel, 0, 0);
    }

    function testFuzz_onlyThePayersSideWithdraws(address caller) public {
        vm.assume(caller != buyer);
        deposit(payerKey, config, 1_000);
        vm.prank(buyer);
        channels.initiateWithdraw(config, 500);
        vm.warp(block.timestamp + 1 days);
        vm.startPrank(caller);
        vm.expectRevert(IPaymentChannels.InvalidChannel.selector);
        channels.initiateWithdraw(config, 1);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToFinalizeWithdraw.selector);
        channels.finalizeWithdraw(config);
    }

    function test_aWithdrawalIsOfSomethingThatIsThereAndTheOnlyOne() public {
        deposit(payerKey, config, 1_000);
        claim(claimOf(payerKey, config, 1_000, 700));
        vm.startPrank(buyer);
        vm.expectRevert(IPaymentChannels.NothingToWithdraw.selector);
        channels.initiateWithdraw(config, 0);
        vm.expectRevert(IPaymentChannels.WithdrawAmountExceedsAvailable.selector);
        channels.initiateWithdraw(config, 301);
        vm.expectRevert(IPaymentChannels.WithdrawalNotPending.selector);
        channels.finalizeWithdraw(config);
        channels.initiateWithdraw(config, 300);
        vm.expectRevert(IPaymentChannels.WithdrawalAlreadyPending.selector);
        channels.initiateWithdraw(config, 1);
    }

    function test_emptyingAnUnclaimedChannelByWithdrawalClosesIt() public {
        deposit(payerKey, config, 1_000);
        withdraw(1_000);
        vm.expectEmit(address(channels));
        emit IPaymentChannels.ChannelClosed(id, config);
        vm.prank(buyer);
        channels.finalizeWithdraw(config);
    }

    function testFuzz_aRefundLowersOrCancelsAPendingWithdrawal(uint128 pending, uint128 refunded) public {
        pending = uint128(bound(pending, 1, 1_000));
        refunded = uint128(bound(refunded, 1, 1_000));
        deposit(payerKey, config, 1_000);
        vm.prank(buyer);
        channels.initiateWithdraw(config, pending);
        vm.prank(node);
        channels.refund(config, refunded);
        if (refunded >= pending) assertPending(id, 0, 0);
        else assertPending(id, pending - refunded, uint40(NOW));
    }

    function test_aRefundOfNothingLeavesAPendingWithdrawal() public {
        deposit(payerKey, config, 1_000);
        vm.prank(buyer);
        channels.initiateWithdraw(config, 300);
        claim(claimOf(payerKey, config, 1_000, 1_000));
        vm.prank(node);
        channels.refund(config, 300);
        assertPending(id, 300, uint40(NOW));
    }

    // ---------------------------------------------------------------- multicall

    function test_manyCallsAreOneTransactionOfTheSameCaller() public {
        deposit(payerKey, config, 1_000);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(channels.claim, (rowsOf(claimOf(payerKey, config, 1_000, 700))));
        calls[1] = abi.encodeCall(channels.settle, (provider, address(usd)));
        calls[2] = abi.encodeCall(channels.refund, (config, type(uint128).max));
        vm.prank(node);
        channels.multicall(calls);
        assertEq(usd.balanceOf(provider), 700);
        assertEq(usd.balanceOf(buyer), 999_300);
        assertEq(usd.balanceOf(address(channels)), 0);
    }

    // ---------------------------------------------------------------- helpers

    function claim(VoucherClaim memory row) private {
        vm.prank(node);
        channels.claim(rowsOf(row));
    }

    function withdraw(uint128 amount) private {
        vm.prank(buyer);
        channels.initiateWithdraw(config, amount);
        vm.warp(block.timestamp + config.withdrawDelay);
    }

    function rejects(VoucherClaim[] memory rows, bytes memory signature) private {
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claimWithSignature(rows, signature);
    }

    function plainChannel() private view returns (ChannelConfig memory) {
        return channelOf(buyer, provider, node, address(plain));
    }

    function copy(ChannelConfig memory original) private pure returns (ChannelConfig memory) {
        return abi.decode(abi.encode(original), (ChannelConfig));
    }

    function emitted(bytes32 topic) private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(channels) && logs[i].topics[0] == topic) ++count;
        }
    }

    function assertBalance(bytes32 channel, uint128 expectedBalance, uint128 expectedClaimed) private {
        (uint128 balance, uint128 claimed) = channels.channels(channel);
        assertEq(uint256(balance), expectedBalance);
        assertEq(uint256(claimed), expectedClaimed);
    }

    function assertEarned(address receiver, uint128 expectedClaimed, uint128 expectedSettled) private {
        (uint128 claimed, uint128 settled) = channels.receivers(receiver, address(usd));
        assertEq(uint256(claimed), expectedClaimed);
        assertEq(uint256(settled), expectedSettled);
    }

    function assertPending(bytes32 channel, uint128 expectedAmount, uint40 expectedStart) private {
        (uint128 amount, uint40 initiatedAt) = channels.pendingWithdrawals(channel);
        assertEq(uint256(amount), expectedAmount);
        assertEq(uint256(initiatedAt), expectedStart);
    }
}
