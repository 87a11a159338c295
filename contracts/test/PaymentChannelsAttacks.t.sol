// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositCollector} from "../src/dev/DepositCollector.sol";
import {ERC3009DepositCollector} from "../src/dev/ERC3009DepositCollector.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {ChannelConfig, IPaymentChannels, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {X402} from "../src/payment/X402.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {
    AllowanceCollector,
    FickleWallet,
    LyingCollector,
    MintingCollector,
    ReentrantCollector
} from "./mocks/Collectors.sol";
import {
    BlockingToken,
    FalseToken,
    FeeToken,
    OverdrawingToken,
    PlainToken,
    ReentrantToken,
    ShrinkingToken,
    SilentToken
} from "./mocks/Tokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev A channel to a listing's splitter, whose claims a node authorizes, and everybody who might want its money.
/// forge-config: default.fuzz.runs = 48
contract PaymentChannelsAttacksTest is MarketTest, CanonicalX402 {
    address private node = account("node");
    address private mallory = account("mallory");
    uint256 private payerKey = keyOf("buyer");
    address private minting = address(new MintingCollector());
    uint256 private listing;
    RevenueSplitter private splitter;
    ChannelConfig private config;
    bytes32 private id;

    function setUp() public {
        listing = publish(provider, "minilm");
        splitter = splitterOf(listing);
        config = channelOf(buyer, address(splitter), node, address(usd));
        id = idOf(config);
        usd.mint(buyer, 1_000_000);
        deposit(payerKey, config, 1_000);
    }

    // ---------------------------------------------------------------- the node

    function test_attack_aDeadNodeHoldsEarningsBack() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.prank(provider);
        splitter.claim(rows);

        channels.settle(address(splitter), address(usd));
        splitter.distribute(address(usd));
        splitter.withdraw(address(usd), provider);
        assertEq(usd.balanceOf(provider), 700);
    }

    function test_attack_aHostileAuthorizerClaimsLessThanWasEarned() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 1));
        vm.prank(node);
        channels.claim(rows);
        rows[0].totalClaimed = 700;
        vm.prank(provider);
        splitter.claim(rows);
        assertChannel(1_000, 700);
    }

    function test_attack_aHostileAuthorizerGivesAwayWhatWasEarned() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.prank(provider);
        splitter.claim(rows);
        vm.prank(node);
        channels.refund(config, type(uint128).max);
        assertChannel(700, 700);
        channels.settle(address(splitter), address(usd));
        assertEq(usd.balanceOf(address(splitter)), 700);
    }

    function test_attack_aHostileAuthorizerRefundsWhatIsNotClaimedYet() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.prank(node);
        channels.refund(config, 1_000);
        vm.prank(provider);
        vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        splitter.claim(rows);
        assertEq(usd.balanceOf(buyer), 1_000_000);
    }

    function test_attack_aHostileAuthorizerTakesMoneyForItself() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.startPrank(node);
        channels.claim(rows);
        channels.settle(node, address(usd));
        channels.settle(address(splitter), address(usd));
        channels.refund(config, 300);
        vm.expectRevert(IPaymentChannels.InvalidChannel.selector);
        channels.initiateWithdraw(config, 1);
        vm.stopPrank();
        assertEq(usd.balanceOf(node), 0);
        assertEq(usd.balanceOf(address(splitter)), 700);
        assertEq(usd.balanceOf(buyer), 999_300);
    }

    function test_attack_aReceiverTakesMoreThanThePayerSigned() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 701));
        vm.prank(provider);
        vm.expectRevert(IPaymentChannels.ClaimExceedsCeiling.selector);
        splitter.claim(rows);

        rows = rowsOf(claimOf(keyOf("provider"), config, 1_000, 1_000));
        vm.prank(provider);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        splitter.claim(rows);
    }

    // ---------------------------------------------------------------- deposits

    function test_attack_aCopiedAuthorizationFillsAnotherChannel() public {
        bytes memory data = depositData(payerKey, config, 500, 1_000);
        ChannelConfig memory own = channelOf(buyer, mallory, mallory, address(usd));
        vm.startPrank(mallory);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.deposit(own, 500, X402.ERC3009_COLLECTOR, data);
        own = config;
        own.payerAuthorizer = mallory;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.deposit(own, 500, X402.ERC3009_COLLECTOR, data);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.deposit(config, 499, X402.ERC3009_COLLECTOR, data);

        channels.deposit(config, 500, X402.ERC3009_COLLECTOR, data);
        assertChannel(1_500, 0);
        bytes32 nonce = depositNonce(config, 1_000);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, buyer, nonce));
        channels.deposit(config, 500, X402.ERC3009_COLLECTOR, data);
    }

    function test_attack_aCopiedAuthorizationIsUsedOutsideOfADeposit() public {
        bytes memory data = depositData(payerKey, config, 500, 1_000);
        (uint256 validAfter, uint256 validBefore,, bytes memory signature) =
            abi.decode(data, (uint256, uint256, uint256, bytes));
        bytes32 nonce = depositNonce(config, 1_000);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, X402.ERC3009_COLLECTOR));
        usd.receiveWithAuthorization(buyer, X402.ERC3009_COLLECTOR, 500, validAfter, validBefore, nonce, signature);
        vm.expectRevert(DepositCollector.OnlyX402BatchSettlement.selector);
        ERC3009DepositCollector(X402.ERC3009_COLLECTOR).collect(buyer, address(usd), 500, id, data);
    }

    function testFuzz_attack_aCollectorLiesAboutWhatItDelivered(uint96 delivered) public {
        vm.assume(delivered != 1_000);
        ChannelConfig memory other = plainChannel(new PlainToken());
        address liar = address(new LyingCollector());
        vm.expectRevert(IPaymentChannels.DepositCollectionFailed.selector);
        channels.deposit(other, 1_000, liar, abi.encode(delivered));
    }

    function test_attack_aCollectorCallsBack() public {
        PlainToken token = new PlainToken();
        ChannelConfig memory other = plainChannel(token);
        channels.deposit(other, 1_000, minting, "");
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, other, 1_000, 700));
        address collector = address(new ReentrantCollector());
        other.receiver = collector;
        other.payer = collector;

        bytes[7] memory attacks = [
            abi.encodeCall(channels.deposit, (other, 1, minting, "")),
            abi.encodeCall(channels.claim, (rows)),
            abi.encodeCall(channels.claimWithSignature, (rows, "")),
            abi.encodeCall(channels.settle, (collector, address(token))),
            abi.encodeCall(channels.refund, (other, 1)),
            abi.encodeCall(channels.initiateWithdraw, (other, 1)),
            abi.encodeCall(channels.finalizeWithdraw, (other))
        ];
        for (uint256 i = 0; i < attacks.length; ++i) {
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            channels.deposit(other, 1_000, collector, attacks[i]);
        }
        bytes[] memory wrapped = new bytes[](1);
        wrapped[0] = attacks[0];
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        channels.deposit(other, 1_000, collector, abi.encodeCall(channels.multicall, (wrapped)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        channels.deposit(other, 1_000, collector, abi.encodeCall(channels.refundWithSignature, (other, 1, 0, "")));
    }

    function test_attack_aCollectorThatIsNone() public {
        ChannelConfig memory other = plainChannel(new PlainToken());
        address[4] memory none = [mallory, address(channels), other.token, address(1)];
        for (uint256 i = 0; i < none.length; ++i) {
            (bool success,) = address(channels).call(abi.encodeCall(channels.deposit, (other, 1_000, none[i], "")));
            assertFalse(success);
        }
        assertEq(PlainToken(other.token).balanceOf(address(channels)), 0);
    }

    // ---------------------------------------------------------------- vouchers

    function test_attack_aNonCanonicalVoucherSignatureInABatch() public {
        ChannelConfig memory other = config;
        other.salt = "other";
        deposit(payerKey, other, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700), claimOf(payerKey, other, 600, 600));
        bytes memory good = rows[1].signature;
        (, bytes32 s,) = unpack(mirrored(good));

        refuses(rows, mirrored(good), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        (,, uint8 v) = unpack(good);
        refuses(rows, withV(good, v - 27), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        refuses(rows, compact(good), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 64));
        refuses(
            rows, bytes.concat(good, hex"00"), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 66)
        );
        refuses(rows, "", abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 0));
        refuses(rows, new bytes(65), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        assertChannel(1_000, 0);

        rows[1].signature = good;
        vm.prank(node);
        channels.claim(rows);
        assertChannel(1_000, 700);
    }

    function test_attack_oneBadRowSpoilsTheBatch() public {
        ChannelConfig memory other = config;
        other.salt = "other";
        deposit(payerKey, other, 100);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700), claimOf(payerKey, other, 600, 600));
        vm.startPrank(node);
        vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        channels.claim(rows);
        assertChannel(1_000, 0);
        channels.claim(rowsOf(rows[0]));
        assertChannel(1_000, 700);
    }

    function test_attack_aRowOfAnotherReceiverInTheBatch() public {
        ChannelConfig memory other = channelOf(buyer, provider, mallory, address(usd));
        deposit(payerKey, other, 1_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700), claimOf(payerKey, other, 600, 600));
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToClaim.selector);
        channels.claim(rows);
    }

    function test_attack_aContractPayerChangesItsMind() public {
        FickleWallet wallet = new FickleWallet();
        ChannelConfig memory fickle = plainChannel(new PlainToken());
        (fickle.payer, fickle.payerAuthorizer) = (address(wallet), address(0));
        channels.deposit(fickle, 1_000, minting, "");
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, fickle, 700, 400));
        vm.startPrank(node);
        channels.claim(rows);

        wallet.changeMind();
        rows[0].totalClaimed = 700;
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);
        channels.settle(fickle.receiver, fickle.token);
        assertEq(PlainToken(fickle.token).balanceOf(fickle.receiver), 400);
    }

    function test_attack_aPayerDelegatesItsAccountToRefuseItsVouchers() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        FickleWallet refusing = new FickleWallet();
        refusing.changeMind();
        vm.etch(buyer, abi.encodePacked(hex"ef0100", address(refusing)));
        vm.prank(node);
        channels.claim(rows);
        assertChannel(1_000, 700);
    }

    function test_aDelegatedPayerWithoutAuthorizerIsJudgedByItsCode() public {
        ChannelConfig memory own = plainChannel(new PlainToken());
        own.payerAuthorizer = address(0);
        channels.deposit(own, 1_000, minting, "");
        vm.etch(buyer, abi.encodePacked(hex"ef0100", address(new ContractWallet(account("guardian")))));

        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, own, 700, 700));
        vm.startPrank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);
        channels.claim(rowsOf(claimOf(keyOf("guardian"), own, 700, 700)));
        (, uint128 claimed) = channels.channels(idOf(own));
        assertEq(uint256(claimed), 700);
    }

    // ---------------------------------------------------------------- races

    function test_attack_aRefundRacesAClaim() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        bytes memory signature = sign(keyOf("node"), refundDigest(id, 0, 1_000));
        uint256 snapshot = youngVm.snapshotState();

        vm.prank(node);
        channels.claim(rows);
        channels.refundWithSignature(config, 1_000, 0, signature);
        assertChannel(700, 700);
        assertEq(usd.balanceOf(buyer), 999_300);

        youngVm.revertToState(snapshot);
        channels.refundWithSignature(config, 1_000, 0, signature);
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        channels.claim(rows);
    }

    function test_attack_aWithdrawalRacesAClaim() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.prank(buyer);
        channels.initiateWithdraw(config, 1_000);
        vm.warp(block.timestamp + 1 days);
        uint256 snapshot = youngVm.snapshotState();

        vm.prank(node);
        channels.claim(rows);
        vm.prank(buyer);
        channels.finalizeWithdraw(config);
        assertChannel(700, 700);
        assertEq(usd.balanceOf(buyer), 999_300);

        youngVm.revertToState(snapshot);
        vm.prank(buyer);
        channels.finalizeWithdraw(config);
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        channels.claim(rows);
    }

    /// @dev The protocol lets a notice stand for ever: a server serves no channel that has one.
    function test_attack_anOldNoticeIsKeptForTheRightMoment() public {
        vm.prank(buyer);
        channels.initiateWithdraw(config, 600);
        vm.warp(block.timestamp + 365 days);
        deposit(payerKey, config, 5_000);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 6_000, 6_000));
        vm.prank(buyer);
        channels.finalizeWithdraw(config);
        vm.startPrank(node);
        vm.expectRevert(IPaymentChannels.ClaimExceedsBalance.selector);
        channels.claim(rows);
        rows[0].totalClaimed = 5_400;
        channels.claim(rows);
    }

    function test_attack_aSignedRefundIsReplayed() public {
        bytes memory signature = sign(keyOf("node"), refundDigest(id, 0, 100));
        channels.refundWithSignature(config, 100, 0, signature);
        vm.expectRevert(IPaymentChannels.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 100, 0, signature);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.refundWithSignature(config, 100, 1, signature);
        assertEq(usd.balanceOf(buyer), 999_100);
    }

    function test_attack_aSignedRefundIsSubmittedAfterTheReceiverRefundedItself() public {
        bytes memory signature = sign(keyOf("node"), refundDigest(id, 0, 100));
        vm.prank(node);
        channels.refund(config, 100);
        vm.expectRevert(IPaymentChannels.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 100, 0, signature);
    }

    function test_attack_aReopenedChannelReplaysClaimedVouchers() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 1_000, 700));
        vm.startPrank(node);
        channels.claim(rows);
        channels.refund(config, 1_000);
        assertChannel(700, 700);
        vm.stopPrank();
        deposit(payerKey, config, 1_000);

        vm.startPrank(node);
        channels.claim(rows);
        assertChannel(1_700, 700);
        rows[0].totalClaimed = 1_001;
        vm.expectRevert(IPaymentChannels.ClaimExceedsCeiling.selector);
        channels.claim(rows);
        rows[0].totalClaimed = 1_000;
        channels.claim(rows);
        assertChannel(1_700, 1_000);
    }

    /// @dev The payer did sign it, and nothing on chain says that it was not earned: a payer that comes back takes a new
    /// salt. More than was signed in all is never claimed.
    function test_attack_aChannelEmptiedBeforeAnyClaimHonoursOldVouchersWhenReopened() public {
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.prank(node);
        channels.refund(config, 1_000);
        assertChannel(0, 0);
        deposit(payerKey, config, 1_000);
        vm.prank(node);
        channels.claim(rows);
        assertChannel(1_000, 700);

        ChannelConfig memory fresh = config;
        fresh.salt = "second life";
        deposit(payerKey, fresh, 1_000);
        rows[0].voucher.channel = fresh;
        vm.prank(node);
        vm.expectRevert(IPaymentChannels.InvalidSignature.selector);
        channels.claim(rows);
    }

    function test_attack_manyCallsBorrowOneAnothersRights() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(channels.settle, (provider, address(usd)));
        calls[1] = abi.encodeCall(channels.claim, (rowsOf(claimOf(payerKey, config, 700, 700))));
        vm.prank(mallory);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToClaim.selector);
        channels.multicall(calls);
    }

    // ---------------------------------------------------------------- tokens

    function test_attack_aTokenThatChargesForTransfers() public {
        FeeToken token = new FeeToken();
        token.mint(buyer, 1_000);
        ChannelConfig memory other = plainChannel(token);
        address collector = address(new AllowanceCollector());
        vm.prank(buyer);
        token.approve(collector, 1_000);
        vm.expectRevert(IPaymentChannels.DepositCollectionFailed.selector);
        channels.deposit(other, 1_000, collector, "");
    }

    function test_attack_aTokenThatTakesBalancesAway() public {
        ShrinkingToken token = new ShrinkingToken();
        ChannelConfig memory other = plainChannel(token);
        channels.deposit(other, 1_000, minting, "");
        ChannelConfig memory second = plainChannel(token);
        second.salt = "second";
        channels.deposit(second, 1_000, minting, "");
        token.shrink(address(channels), 500);

        vm.startPrank(node);
        channels.refund(other, 1_000);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(channels), 500, 1_000)
        );
        channels.refund(second, 1_000);
        channels.refund(second, 500);
        channels.refund(config, 1_000);
        vm.stopPrank();
        assertEq(token.balanceOf(buyer), 1_500);
        assertEq(usd.balanceOf(buyer), 1_000_000);
    }

    function test_attack_aTokenThatTakesMoreThanAskedHarmsItsOwnChannelsOnly() public {
        OverdrawingToken token = new OverdrawingToken();
        ChannelConfig memory other = plainChannel(token);
        channels.deposit(other, 10_000, minting, "");
        vm.startPrank(node);
        channels.refund(other, 5_000);
        vm.expectRevert();
        channels.refund(other, 5_000);
        channels.refund(config, 1_000);
        vm.stopPrank();
        assertEq(usd.balanceOf(buyer), 1_000_000);
    }

    function test_attack_aTokenThatCallsBack() public {
        ReentrantToken token = new ReentrantToken();
        ChannelConfig memory other = plainChannel(token);
        channels.deposit(other, 1_000, minting, "");
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, other, 1_000, 700));
        vm.prank(node);
        channels.claim(rows);
        token.attackWith(abi.encodeCall(channels.settle, (other.receiver, address(token))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        channels.settle(other.receiver, address(token));
        token.attackWith(abi.encodeCall(channels.refund, (other, 1)));
        vm.prank(node);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        channels.refund(other, 1);
    }

    function test_aTokenThatReturnsNothingIsPaidOut() public {
        SilentToken token = new SilentToken();
        ChannelConfig memory other = plainChannel(PlainToken(address(token)));
        channels.deposit(other, 1_000, minting, "");
        vm.prank(node);
        channels.refund(other, 1_000);
        assertEq(token.balanceOf(buyer), 1_000);
    }

    function test_attack_aTokenThatSaysNo() public {
        FalseToken token = new FalseToken();
        ChannelConfig memory other = plainChannel(PlainToken(address(token)));
        channels.deposit(other, 1_000, minting, "");
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        channels.refund(other, 1_000);
        (uint128 balance,) = channels.channels(idOf(other));
        assertEq(uint256(balance), 1_000);
    }

    function test_attack_aReceiverWhoCannotBePaidHoldsThePayerBack() public {
        BlockingToken token = new BlockingToken();
        ChannelConfig memory other = plainChannel(token);
        channels.deposit(other, 1_000, minting, "");
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, other, 700, 700));
        vm.prank(node);
        channels.claim(rows);
        token.setBlocked(other.receiver);

        vm.expectRevert("blocked");
        channels.settle(other.receiver, address(token));
        vm.startPrank(buyer);
        channels.initiateWithdraw(other, 300);
        vm.warp(block.timestamp + 1 days);
        channels.finalizeWithdraw(other);
        assertEq(token.balanceOf(buyer), 300);
        (uint128 claimed, uint128 settled) = channels.receivers(other.receiver, address(token));
        assertEq(uint256(claimed - settled), 700);
    }

    function testFuzz_aGiftToTheContractBelongsToNobody(uint64 gift) public {
        usd.mint(address(channels), gift);
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, 700, 700));
        vm.startPrank(node);
        channels.claim(rows);
        channels.settle(address(splitter), address(usd));
        channels.refund(config, 1_000);
        vm.stopPrank();
        deposit(payerKey, config, 1);
        assertEq(usd.balanceOf(address(channels)), uint256(gift) + 1);
    }

    // ---------------------------------------------------------------- helpers

    function refuses(VoucherClaim[] memory rows, bytes memory signature, bytes memory reason) private {
        rows[1].signature = signature;
        vm.prank(node);
        vm.expectRevert(reason);
        channels.claim(rows);
    }

    function plainChannel(PlainToken token) private view returns (ChannelConfig memory) {
        return channelOf(buyer, provider, node, address(token));
    }

    function assertChannel(uint128 expectedBalance, uint128 expectedClaimed) private {
        (uint128 balance, uint128 claimed) = channels.channels(id);
        assertEq(uint256(balance), expectedBalance);
        assertEq(uint256(claimed), expectedClaimed);
    }
}
