package io.stoa.payments.facilitator;

import static io.stoa.payments.facilitator.Asked.CHAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.token.TokenCalls;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.testkit.TestChain;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.facilitator.VerifyResponse;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payments of every kind, asked about and settled on a real chain. */
class FacilitatorDeskIT {
  private static Desk desk;

  @BeforeAll
  static void open() {
    desk = Desk.open();
  }

  @AfterAll
  static void close() {
    desk.close();
  }

  @Test
  void aTransferIsGoodUntilItIsUsed() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(2_000);
    var asked = Asked.transfer(payer);

    // When
    var before = desk.verify(asked);
    var transfer = ExactEip3009.read(asked.request().payment());
    CHAIN.send(
        CHAIN.account(), CHAIN.dollar().token(), TokenCalls.transferWithAuthorization(transfer));
    var after = desk.verify(asked);

    // Then
    assertThat(before).isEqualTo(new VerifyResponse.Valid(payer.address()));
    assertInvalid(after, "invalid_exact_evm_nonce_already_used", payer.address());
  }

  @Test
  void rule31APayerWithoutMoneyIsNamedWithTheReason() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(999);

    // Then
    assertInvalid(
        desk.verify(Asked.transfer(payer)),
        "invalid_exact_evm_insufficient_balance",
        payer.address());
  }

  @Test
  void whoAsksAtTheSameTimeIsAnsweredForItself() throws MalformedPayment {
    // Given
    var payers =
        List.of(CHAIN.buyer(1_000), CHAIN.buyer(999), CHAIN.buyer(1_000), CHAIN.buyer(999));

    // When
    var answers = new ArrayList<CompletableFuture<VerifyResponse>>();
    for (var payer : payers) {
      answers.add(desk.ask(Asked.transfer(payer)));
    }

    // Then
    for (int i = 0; i < payers.size(); i += 2) {
      assertValid(answers.get(i).join(), payers.get(i).address());
      assertInvalid(
          answers.get(i + 1).join(),
          "invalid_exact_evm_insufficient_balance",
          payers.get(i + 1).address());
    }
  }

  @Test
  void rule61AskingChangesNothing() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(1_000);
    var asked = Asked.transfer(payer);
    long block = CHAIN.rpc().head().number();

    // When
    for (int i = 0; i < 5; i++) {
      assertValid(desk.verify(asked), payer.address());
    }

    // Then
    assertThat(CHAIN.rpc().head().number()).isEqualTo(block);
    assertThat(CHAIN.dollarsOf(payer.address())).isEqualTo(1_000);
  }

  @Test
  void rule25WhatTheServerAskedForIsWhatCounts() throws MalformedPayment {
    // Given
    var asked = Asked.transfer(CHAIN.buyer(5_000));

    // When
    asked.at("/paymentRequirements").put("amount", "1001");

    // Then
    assertInvalid(desk.verify(asked), "invalid_exact_evm_payload_authorization_value_mismatch");
  }

  @Test
  void schemeAndNetworkMustBeThoseThatThePayerChose() throws MalformedPayment {
    var scheme = Asked.transfer(CHAIN.buyer(1_000));
    scheme.at("/paymentPayload/accepted").put("scheme", "upto");
    var network = Asked.transfer(CHAIN.buyer(1_000));
    network.at("/paymentPayload/accepted").put("network", "eip155:1");
    var elsewhere = Asked.transfer(CHAIN.buyer(1_000));
    elsewhere.at("/paymentPayload/accepted").put("network", "eip155:1");
    elsewhere.at("/paymentRequirements").put("network", "eip155:1");
    var unknown = Asked.transfer(CHAIN.buyer(1_000));
    unknown.at("/paymentRequirements").put("scheme", "barter");

    assertInvalid(desk.verify(scheme), "invalid_exact_evm_scheme");
    assertInvalid(desk.verify(network), "invalid_exact_evm_network_mismatch");
    assertInvalid(desk.verify(elsewhere), "invalid_network");
    assertInvalid(desk.verify(unknown), "unsupported_scheme");
  }

  @Test
  void rule27ATokenIsNamedAsItNamesItself() throws MalformedPayment {
    var name = Asked.transfer(CHAIN.buyer(1_000));
    name.at("/paymentRequirements/extra").put("name", "Dollar");
    var version = Asked.transfer(CHAIN.buyer(1_000));
    version.at("/paymentRequirements/extra").put("version", "3");
    var unnamed = Asked.transfer(CHAIN.buyer(1_000));
    unnamed.at("/paymentRequirements/extra").remove("name");

    assertInvalid(desk.verify(name), "invalid_exact_evm_token_name_mismatch");
    assertInvalid(desk.verify(version), "invalid_exact_evm_token_version_mismatch");
    assertInvalid(desk.verify(unnamed), "invalid_exact_evm_missing_eip712_domain");
  }

  @Test
  void aTokenThatIsNotAcceptedIsNotLookedAt() throws MalformedPayment {
    // Given
    var asked = Asked.transfer(CHAIN.buyer(1_000));

    // When
    asked.at("/paymentRequirements").put("asset", CHAIN.contracts().marketToken().toString());

    // Then
    assertInvalid(desk.verify(asked), "unsupported_asset");
  }

  @Test
  void rule47APermitIsGoodOncePermit2IsApproved() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 5_000);
    var permit = Asked.permit(payer);
    var upto = Asked.upto(payer, desk.sender.account());

    // When
    var before = desk.verify(permit);
    Asked.approvePermit2(payer);

    // Then
    assertInvalid(before, "permit2_allowance_required", payer.address());
    assertValid(desk.verify(permit), payer.address());
    assertValid(desk.verify(upto), payer.address());
  }

  @Test
  void rule46UptoIsSettledByTheAccountThatThePayerNamed() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 5_000);
    Asked.approvePermit2(payer);

    // Then
    assertInvalid(
        desk.verify(Asked.upto(payer, desk.authorizer.address())),
        "upto_facilitator_mismatch",
        payer.address());
  }

  @Test
  void aDepositIsGoodWhileItsPayerHasTheMoney() throws MalformedPayment {
    // Given
    var rich = CHAIN.buyer(10_000);
    var poor = CHAIN.buyer(9_999);

    // When
    var good = desk.verify(channel(rich).next());
    var bad = desk.verify(channel(poor).next());

    // Then
    assertValid(good, rich.address());
    assertThat(((VerifyResponse.Valid) good).extra())
        .hasToString(
            "{\"channelId\":\"%s\",\"balance\":\"0\",\"totalClaimed\":\"0\",\"withdrawRequestedAt\":0,\"refundNonce\":\"0\"}"
                .formatted(((VerifyResponse.Valid) good).extra().path("channelId").asText()));
    assertInvalid(bad, BatchReason.INSUFFICIENT_BALANCE, poor.address());
  }

  @Test
  void aDepositOfAnotherSignatureIsNoneOfThePayers() throws MalformedPayment {
    // Given
    var asked = channel(CHAIN.buyer(20_000)).next();

    // When
    asked.at("/paymentPayload/payload/deposit").put("amount", "10001");

    // Then
    assertInvalid(desk.verify(asked), BatchReason.RECEIVE_AUTHORIZATION_SIGNATURE);
  }

  @Test
  void aVoucherIsGoodUpToWhatTheChannelHolds() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(10_000);
    var channel = channel(payer);
    var deposit = channel.next();
    channel.holds(10_000);
    var voucher = channel.next();

    // When
    var before = desk.verify(voucher);
    deposit(deposit);
    var after = desk.verify(voucher);
    var refund = desk.verify(channel.refund());

    // Then
    assertInvalid(before, BatchReason.CHANNEL_NOT_FOUND, payer.address());
    assertValid(after, payer.address());
    assertThat(((VerifyResponse.Valid) after).extra().path("balance").asText()).isEqualTo("10000");
    assertValid(refund, payer.address());
  }

  @Test
  void rule60WhatOnlyServersSendIsNoPayment() throws MalformedPayment {
    for (var type : Set.of("claim", "settle", "withdraw")) {
      var asked = channel(CHAIN.buyer(10_000)).next();
      asked.at("/paymentPayload/payload").put("type", type);

      assertInvalid(desk.verify(asked), BatchReason.PAYLOAD_TYPE);
    }
  }

  @Test
  void rule15WithoutAChainThereIsNoAnswer() {
    try (var nowhere =
        Rpc.connect(
            RpcSettings.of(URI.create("http://127.0.0.1:1"))
                .withTimeout(Duration.ofMillis(200))
                .withReadAttempts(1))) {
      try (var blind = Desk.over(nowhere)) {
        assertThatThrownBy(() -> blind.verify(Asked.transfer(CHAIN.buyer(1_000))))
            .isInstanceOf(MarketException.Unavailable.class);
        assertThatThrownBy(() -> blind.settle(Asked.transfer(CHAIN.buyer(1_000))))
            .isInstanceOf(MarketException.Unavailable.class);
      }
    }
  }

  @Test
  void rule62SupportedIsWhatTheChainHasContractsFor() {
    // When
    var kinds = desk.kinds().find();

    // Then
    assertThat(kinds.kinds()).hasSize(3);
    assertThat(kinds.find("exact", TestChain.ID)).isPresent();
    assertThat(kinds.find("upto", TestChain.ID).orElseThrow().extra())
        .hasToString("{\"facilitatorAddress\":\"%s\"}".formatted(desk.sender.account()));
    assertThat(kinds.find("batch-settlement", TestChain.ID).orElseThrow().extra())
        .hasToString("{\"receiverAuthorizer\":\"%s\"}".formatted(desk.authorizer.address()));
    assertThat(kinds.json().at("/signers/eip155:*/0").asText())
        .isEqualTo(desk.sender.account().toString());
  }

  @Test
  void rule41ATransferIsSettledOnceByTheFacilitatorsOwnAccount() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(1_000);
    var asked = Asked.transfer(payer);

    // When
    var first = desk.settle(asked);
    var second = desk.settle(asked);

    // Then
    assertThat(first.success()).isTrue();
    assertThat(first.payer()).contains(payer.address());
    assertThat(first.amount()).contains(Asked.PRICE);
    assertThat(second).isEqualTo(first);
    assertThat(CHAIN.dollarsOf(payer.address())).isZero();
    var sent = CHAIN.rpc().transaction(first.transaction().orElseThrow()).orElseThrow();
    assertThat(sent.from()).isEqualTo(desk.sender.account());
  }

  @Test
  void aPaymentThatDoesNotHoldIsNotSettled() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(999);

    // Then
    assertThat(desk.settle(Asked.transfer(payer)))
        .isEqualTo(
            SettlementResponse.failed(
                TestChain.ID, payer.address(), "invalid_exact_evm_insufficient_balance"));
  }

  @Test
  void whatWasSettledForOneIsNotSettledForAnother() throws MalformedPayment {
    // Given
    var asked = Asked.transfer(CHAIN.buyer(1_000));
    desk.settle(asked);

    // When
    asked.at("/paymentRequirements").put("payTo", "0x" + "77".repeat(20));
    var elsewhere = desk.settle(asked);

    // Then
    assertThat(elsewhere.success()).isFalse();
    assertThat(elsewhere.transaction()).isEmpty();
  }

  @Test
  void rule45WhatWasSettledForNothingVerifiesNoMore() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 1_000);
    Asked.approvePermit2(payer);
    var asked = Asked.upto(payer, desk.sender.account());
    asked.at("/paymentRequirements").put("amount", "0");
    desk.settle(asked);

    // When
    asked.at("/paymentRequirements").put("amount", Asked.PRICE.toString());
    var verdict = desk.verify(asked);
    var settled = desk.settle(asked);

    // Then
    assertThat(verdict).isInstanceOf(VerifyResponse.Invalid.class);
    assertThat(settled.success()).isFalse();
  }

  @Test
  void whatIsNotWorthItsGasIsNotSettled() throws MalformedPayment {
    // Given
    var asked = Asked.transfer(CHAIN.buyer(1_000));
    var demanding = new Asker(Set.of(), Asked.PRICE.add(BigInteger.ONE));

    // When
    var settled = desk.settle(asked, demanding);

    // Then
    assertThat(settled.success()).isFalse();
    assertThat(settled.errorReason()).isEqualTo(Asker.DUST);
  }

  @Test
  void rule44OfACeilingWhatIsDueIsSettled() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 3_000);
    Asked.approvePermit2(payer);
    var metered = Asked.upto(payer, desk.sender.account());
    metered.at("/paymentRequirements").put("amount", "420");
    var free = Asked.upto(payer, desk.sender.account());
    free.at("/paymentRequirements").put("amount", "0");
    var above = Asked.upto(payer, desk.sender.account());
    above.at("/paymentRequirements").put("amount", "1001");

    // When
    var settled = desk.settle(metered);

    // Then
    assertThat(settled.success()).isTrue();
    assertThat(settled.amount()).contains(BigInteger.valueOf(420));
    assertThat(CHAIN.dollarsOf(payer.address())).isEqualTo(2_580);
    assertThat(desk.settle(free)).isEqualTo(SettlementResponse.free(TestChain.ID, payer.address()));
    assertThat(desk.settle(above).errorReason())
        .isEqualTo("invalid_upto_evm_payload_settlement_exceeds_amount");
  }

  @Test
  void rule43TheCeilingIsWhatTheServerAskedFor() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 5_000);
    Asked.approvePermit2(payer);
    var asked = Asked.upto(payer, desk.sender.account());

    // When
    asked.at("/paymentRequirements").put("amount", "999");

    // Then
    assertInvalid(desk.verify(asked), "permit2_amount_mismatch");
  }

  @Test
  void rule41ADepositIsRelayedOnce() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(10_000);
    var asked = channel(payer).next();

    // When
    var first = desk.settle(asked);
    var second = desk.settle(asked);

    // Then
    assertThat(first.success()).isTrue();
    assertThat(first.amount()).contains(BigInteger.valueOf(10_000));
    assertThat(first.extra().at("/channelState/balance").asText()).isEqualTo("10000");
    assertThat(second).isEqualTo(first);
    assertThat(CHAIN.dollarsOf(payer.address())).isZero();
  }

  @Test
  void rule37OfTwentyCopiesOfADepositOneIsSentAndAllAreAnsweredAlike() throws Exception {
    // Given
    var payer = CHAIN.buyer(30_000);
    var asked = channel(payer).next();

    // When
    var responses = new HashSet<SettlementResponse>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copies = Collections.<Callable<SettlementResponse>>nCopies(20, () -> desk.settle(asked));
      for (var copy : threads.invokeAll(copies)) {
        responses.add(copy.get());
      }
    }

    // Then
    assertThat(responses).singleElement().matches(SettlementResponse::success);
    assertThat(CHAIN.dollarsOf(payer.address())).isEqualTo(20_000);
  }

  @Test
  void aDepositThatDoesNotHoldIsNotRelayed() throws MalformedPayment {
    var payer = CHAIN.buyer(9_999);

    assertThat(desk.settle(channel(payer).next()))
        .isEqualTo(
            SettlementResponse.failed(
                TestChain.ID, payer.address(), BatchReason.INSUFFICIENT_BALANCE));
  }

  @Test
  void aVoucherIsNothingToSettle() throws MalformedPayment {
    var channel = channel(CHAIN.buyer(10_000));
    channel.holds(10_000);

    assertThat(desk.settle(channel.next()).errorReason())
        .isEqualTo(BatchReason.UNKNOWN_SETTLE_ACTION);
  }

  @Test
  void anOrderIsForTheReceiverAlone() throws MalformedPayment {
    // Given
    var asked = channel(CHAIN.buyer(10_000)).next();
    ((ObjectNode) asked.json().path("paymentPayload"))
        .putObject("payload")
        .put("type", "settle")
        .put("receiver", Asked.PAYEE.toString())
        .put("token", CHAIN.dollar().token().toString());

    // Then
    assertThat(desk.settle(asked).errorReason()).isEqualTo("receiver_not_authenticated");
    assertThat(desk.settle(asked, Asked.PAYEE).errorReason())
        .isEqualTo(BatchReason.NOTHING_TO_SETTLE);
  }

  private static Asked.Channel channel(SigningKey payer) {
    return new Asked.Channel(payer, desk.authorizer.address());
  }

  private static void deposit(Asked asked) throws MalformedPayment {
    var payload =
        (BatchPayload.Deposit)
            BatchPayloads.read(
                PaymentPayload.read(Fields.of(asked.at("/paymentPayload"), "/paymentPayload")));
    CHAIN.send(
        CHAIN.account(),
        ChannelContracts.CHANNELS,
        ChannelCalls.deposit(
            payload.config(),
            payload.amount(),
            DepositCalls.collector(payload.authorization()),
            DepositCalls.collectorData(payload.authorization())));
  }

  private static void assertValid(VerifyResponse response, Address payer) {
    assertThat(response).isInstanceOf(VerifyResponse.Valid.class);
    assertThat(response.payer()).contains(payer);
  }

  private static void assertInvalid(VerifyResponse response, String reason, Address payer) {
    assertInvalid(response, reason);
    assertThat(response.payer()).contains(payer);
  }

  private static void assertInvalid(VerifyResponse response, String reason) {
    assertThat(response).isInstanceOf(VerifyResponse.Invalid.class);
    assertThat(((VerifyResponse.Invalid) response).reason()).isEqualTo(reason);
  }
}
