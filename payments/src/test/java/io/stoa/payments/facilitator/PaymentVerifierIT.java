package io.stoa.payments.facilitator;

import static io.stoa.payments.facilitator.Asked.CHAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.token.TokenCalls;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.payments.ChainPorts;
import io.stoa.testkit.TestChain;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.facilitator.VerifyResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Payments of every kind, asked about on a real chain. */
class PaymentVerifierIT {
  private static final SigningKey SENDER = CHAIN.account();
  private static final SigningKey AUTHORIZER = CHAIN.account();

  private final PaymentVerifier verifier = verifierOver(CHAIN.rpc());

  @Test
  void aTransferIsGoodUntilItIsUsed() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(2_000);
    var asked = Asked.transfer(payer);

    // When
    var before = verifier.verify(asked.request());
    var transfer = ExactEip3009.read(asked.request().payment());
    CHAIN.send(
        CHAIN.account(), CHAIN.dollar().token(), TokenCalls.transferWithAuthorization(transfer));
    var after = verifier.verify(asked.request());

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
        verifier.verify(Asked.transfer(payer).request()),
        "invalid_exact_evm_insufficient_balance",
        payer.address());
  }

  @Test
  void rule61AskingChangesNothing() throws MalformedPayment {
    // Given
    var payer = CHAIN.buyer(1_000);
    var asked = Asked.transfer(payer);
    long block = CHAIN.rpc().head().number();

    // When
    for (int i = 0; i < 5; i++) {
      assertValid(verifier.verify(asked.request()), payer.address());
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
    assertInvalid(
        verifier.verify(asked.request()), "invalid_exact_evm_payload_authorization_value_mismatch");
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

    assertInvalid(verifier.verify(scheme.request()), "invalid_exact_evm_scheme");
    assertInvalid(verifier.verify(network.request()), "invalid_exact_evm_network_mismatch");
    assertInvalid(verifier.verify(elsewhere.request()), "invalid_network");
    assertInvalid(verifier.verify(unknown.request()), "unsupported_scheme");
  }

  @Test
  void rule27ATokenIsNamedAsItNamesItself() throws MalformedPayment {
    var name = Asked.transfer(CHAIN.buyer(1_000));
    name.at("/paymentRequirements/extra").put("name", "Dollar");
    var version = Asked.transfer(CHAIN.buyer(1_000));
    version.at("/paymentRequirements/extra").put("version", "3");
    var unnamed = Asked.transfer(CHAIN.buyer(1_000));
    unnamed.at("/paymentRequirements/extra").remove("name");

    assertInvalid(verifier.verify(name.request()), "invalid_exact_evm_token_name_mismatch");
    assertInvalid(verifier.verify(version.request()), "invalid_exact_evm_token_version_mismatch");
    assertInvalid(verifier.verify(unnamed.request()), "invalid_exact_evm_missing_eip712_domain");
  }

  @Test
  void aTokenThatIsNotAcceptedIsNotLookedAt() throws MalformedPayment {
    // Given
    var asked = Asked.transfer(CHAIN.buyer(1_000));

    // When
    asked.at("/paymentRequirements").put("asset", CHAIN.contracts().marketToken().toString());

    // Then
    assertInvalid(verifier.verify(asked.request()), "unsupported_asset");
  }

  @Test
  void rule47APermitIsGoodOncePermit2IsApproved() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 5_000);
    var permit = Asked.permit(payer);
    var upto = Asked.upto(payer, SENDER.address());

    // When
    var before = verifier.verify(permit.request());
    Asked.approvePermit2(payer);

    // Then
    assertInvalid(before, "permit2_allowance_required", payer.address());
    assertValid(verifier.verify(permit.request()), payer.address());
    assertValid(verifier.verify(upto.request()), payer.address());
  }

  @Test
  void rule46UptoIsSettledByTheAccountThatThePayerNamed() throws MalformedPayment {
    // Given
    var payer = CHAIN.account();
    CHAIN.mint(payer.address(), 5_000);
    Asked.approvePermit2(payer);

    // Then
    assertInvalid(
        verifier.verify(Asked.upto(payer, AUTHORIZER.address()).request()),
        "upto_facilitator_mismatch",
        payer.address());
  }

  @Test
  void aDepositIsGoodWhileItsPayerHasTheMoney() throws MalformedPayment {
    // Given
    var rich = CHAIN.buyer(10_000);
    var poor = CHAIN.buyer(9_999);

    // When
    var good = verifier.verify(channel(rich).next().request());
    var bad = verifier.verify(channel(poor).next().request());

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
    assertInvalid(verifier.verify(asked.request()), BatchReason.RECEIVE_AUTHORIZATION_SIGNATURE);
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
    var before = verifier.verify(voucher.request());
    deposit(deposit);
    var after = verifier.verify(voucher.request());
    var refund = verifier.verify(channel.refund().request());

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

      assertInvalid(verifier.verify(asked.request()), BatchReason.PAYLOAD_TYPE);
    }
  }

  @Test
  void rule15WithoutAChainThereIsNoAnswer() {
    try (var nowhere =
        Rpc.connect(
            RpcSettings.of(URI.create("http://127.0.0.1:1"))
                .withTimeout(Duration.ofMillis(200))
                .withReadAttempts(1))) {
      var blind = verifierOver(nowhere);

      assertThatThrownBy(() -> blind.verify(Asked.transfer(CHAIN.buyer(1_000)).request()))
          .isInstanceOf(MarketException.Unavailable.class);
    }
  }

  @Test
  void rule62SupportedIsWhatTheChainHasContractsFor() {
    // When
    var kinds = new Kinds(TestChain.ID, CHAIN.rpc(), SENDER.address(), AUTHORIZER.address()).find();

    // Then
    assertThat(kinds.kinds()).hasSize(3);
    assertThat(kinds.find("exact", TestChain.ID)).isPresent();
    assertThat(kinds.find("upto", TestChain.ID).orElseThrow().extra())
        .hasToString("{\"facilitatorAddress\":\"%s\"}".formatted(SENDER.address()));
    assertThat(kinds.find("batch-settlement", TestChain.ID).orElseThrow().extra())
        .hasToString("{\"receiverAuthorizer\":\"%s\"}".formatted(AUTHORIZER.address()));
    assertThat(kinds.json().at("/signers/eip155:*/0").asText())
        .isEqualTo(SENDER.address().toString());
  }

  private static Asked.Channel channel(SigningKey payer) {
    return new Asked.Channel(payer, AUTHORIZER.address());
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

  private static PaymentVerifier verifierOver(Rpc rpc) {
    return new PaymentVerifier(
        TestChain.ID,
        rpc,
        ChainPorts.of(rpc),
        Set.of(CHAIN.dollar()),
        SENDER.address(),
        Clock.systemUTC());
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
