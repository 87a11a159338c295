package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchVerifierTest {
  private static final String PREFIX = "invalid_batch_settlement_evm_";
  private static final Duration ROOM = Duration.ofSeconds(30);
  private static final SigningKey STRANGER = SigningKey.of(Bytes32.of(BigInteger.TWO));
  private static final BatchVerifier VERIFIER = new BatchVerifier(Example.ASSET.chain());

  @Test
  void aGoodVoucherNeedsNoChain() throws MalformedPayment {
    // Given
    var payload = ChannelExample.read(ChannelExample.pay());

    // When, Then
    assertThat(verify(payload)).isEqualTo(new Valid<>(new SoundBatch(payload, List.of())));
  }

  @Test
  void aGoodRefundNeedsNoChain() throws MalformedPayment {
    // Given
    var payload = ChannelExample.read(ChannelExample.refund());

    // When, Then
    assertThat(verify(payload)).isEqualTo(new Valid<>(new SoundBatch(payload, List.of())));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "payer, '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'",
        "payerAuthorizer, '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'",
        "receiver, '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'",
        "receiverAuthorizer, '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'",
        "token, '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'",
        "withdrawDelay, 901",
        "salt, '0x0000000000000000000000000000000000000000000000000000000000000001'"
      })
  void rule48AChangedFieldOfTheConfigurationIsRefused(String field, String value)
      throws MalformedPayment {
    // Given
    var message = ChannelExample.pay();
    Example.at(message, "/payload/channelConfig")
        .set(field, Example.object("{'v':" + value + "}").get("v"));

    // When, Then
    assertThat(verify(ChannelExample.read(message))).isEqualTo(invalid("channel_id_mismatch"));
  }

  @Test
  void rule48AWellNamedChannelForOtherTermsIsRefused() {
    assertThat(verify(pay(config(STRANGER.address(), ChannelExample.AUTHORIZER, asset(1), 900))))
        .isEqualTo(invalid("receiver_mismatch"));
    assertThat(verify(pay(config(Example.PAY_TO, STRANGER.address(), Example.ASSET, 900))))
        .isEqualTo(invalid("receiver_authorizer_mismatch"));
    assertThat(verify(pay(config(Example.PAY_TO, ChannelExample.AUTHORIZER, asset(1), 900))))
        .isEqualTo(invalid("token_mismatch"));
    assertThat(verify(pay(config(Example.PAY_TO, ChannelExample.AUTHORIZER, Example.ASSET, 901))))
        .isEqualTo(invalid("withdraw_delay_mismatch"));
  }

  @Test
  void rule48AChannelOnAnotherChainIsRefused() throws MalformedPayment {
    // Given
    var elsewhere = new BatchVerifier(new ChainId(1));
    var payload = ChannelExample.read(ChannelExample.pay());

    // When, Then
    assertThat(elsewhere.verify(payload, ChannelExample.offer(), Example.DOMAIN, Example.NOW, ROOM))
        .isEqualTo(invalid("network_mismatch"));
  }

  @ParameterizedTest
  @CsvSource({
    "high s, 22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a4e4b05e0035bcf9a450d62191db4928f42990c7bf3cb2a5207ff3db5495be98d11c",
    "v 0, 22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a41b4fa1ffca43065baf29de6e24b6d70a911e15277295fb1b3fde83383a77a87000",
    "compact, 22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a41b4fa1ffca43065baf29de6e24b6d70a911e15277295fb1b3fde83383a77a870",
    "a byte more, 22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a41b4fa1ffca43065baf29de6e24b6d70a911e15277295fb1b3fde83383a77a8701b00",
    "empty, ''"
  })
  void rule50SignaturesInAnyOtherFormAreRefused(String form, String signature)
      throws MalformedPayment {
    // Given
    var message = ChannelExample.pay();
    Example.at(message, "/payload/voucher").put("signature", "0x" + signature);

    // When, Then
    assertThat(verify(ChannelExample.read(message)))
        .as(form)
        .isEqualTo(invalid("voucher_signature"));
  }

  @Test
  void rule50ASignatureForAnotherCeilingIsRefused() throws MalformedPayment {
    // Given
    var message = ChannelExample.pay();
    Example.at(message, "/payload/voucher").put("maxClaimableAmount", "1001");

    // When, Then
    assertThat(verify(ChannelExample.read(message))).isEqualTo(invalid("voucher_signature"));
  }

  @Test
  void rule50OnlyTheAuthorizersKeyCounts() {
    // Given
    var config =
        new ChannelConfig(
            Example.PAYER.address(),
            STRANGER.address(),
            Example.PAY_TO,
            ChannelExample.AUTHORIZER,
            Example.ASSET,
            900,
            Bytes32.ZERO);

    // When, Then
    assertThat(verify(pay(config, STRANGER))).isInstanceOf(Valid.class);
    assertThat(verify(pay(config, Example.PAYER))).isEqualTo(invalid("voucher_signature"));
  }

  @Test
  void aChannelWithoutAKeyIsForTheChainToJudge() {
    // Given
    var config =
        new ChannelConfig(
            Example.PAYER.address(),
            Address.ZERO,
            Example.PAY_TO,
            ChannelExample.AUTHORIZER,
            Example.ASSET,
            900,
            Bytes32.ZERO);

    // When
    var undecided = sound(verify(pay(config, STRANGER))).undecided();

    // Then
    assertThat(undecided).hasSize(1);
    assertThat(undecided.getFirst().reason()).isEqualTo(PREFIX + "voucher_signature");
    assertThat(undecided.getFirst().signature().payer()).isEqualTo(Example.PAYER.address());
  }

  @Test
  void aGoodDepositLeavesItsPayersSignatureToTheChain() throws MalformedPayment {
    // When
    var byEip3009 = sound(verify(ChannelExample.read(ChannelExample.deposit()))).undecided();
    var byPermit2 =
        sound(
                verify(
                    ChannelExample.read(ChannelExample.permit2Deposit()),
                    ChannelExample.permit2Offer()))
            .undecided();

    // Then
    assertThat(byEip3009.getFirst().signature().origin()).isEqualTo(Origin.PAYER);
    assertThat(byEip3009.getFirst().reason()).isEqualTo(PREFIX + "receive_authorization_signature");
    assertThat(byPermit2.getFirst().signature().origin()).isEqualTo(Origin.PAYER);
    assertThat(byPermit2.getFirst().reason()).isEqualTo(PREFIX + "permit2_invalid_signature");
  }

  @Test
  void aDepositOfAnotherAmountIsNotWhatItsPayerSigned() throws MalformedPayment {
    // Given
    var message = ChannelExample.deposit();
    Example.at(message, "/payload/deposit").put("amount", "5001");

    // When
    var undecided = sound(verify(ChannelExample.read(message))).undecided();

    // Then
    assertThat(undecided.getFirst().signature().origin()).isEqualTo(Origin.OTHER_KEY);
  }

  @Test
  void aDepositMustBeWorthItsTransaction() throws MalformedPayment {
    // Given
    var payload = ChannelExample.read(ChannelExample.deposit());

    // When, Then
    assertThat(verify(payload, leastDeposit(5000))).isInstanceOf(Valid.class);
    assertThat(verify(payload, leastDeposit(5001))).isEqualTo(invalid("deposit_below_min_deposit"));
  }

  @Test
  void rule26ADepositThatRunsOutBeforeItCanBeIncludedIsRefused() throws MalformedPayment {
    // Given
    var end = Example.VALID_BEFORE.longValue();
    var byEip3009 = ChannelExample.read(ChannelExample.deposit());
    var byPermit2 = ChannelExample.read(ChannelExample.permit2Deposit());
    var permit2 = ChannelExample.permit2Offer();

    // When, Then
    assertThat(verifyAt(end - 30, byEip3009, ChannelExample.offer())).isInstanceOf(Valid.class);
    assertThat(verifyAt(end - 29, byEip3009, ChannelExample.offer()))
        .isEqualTo(invalid("payload_authorization_valid_before"));
    assertThat(verifyAt(end - 30, byPermit2, permit2)).isInstanceOf(Valid.class);
    assertThat(verifyAt(end - 29, byPermit2, permit2))
        .isEqualTo(invalid("permit2_deadline_expired"));
  }

  @Test
  void rule26ADepositThatIsNotGoodYetIsRefused() throws MalformedPayment {
    // Given
    var message = ChannelExample.deposit();
    Example.at(message, "/payload/deposit/authorization/erc3009Authorization")
        .put("validAfter", String.valueOf(Example.NOW.getEpochSecond() + 1));

    // When, Then
    assertThat(verify(ChannelExample.read(message)))
        .isEqualTo(invalid("payload_authorization_valid_after"));
  }

  @ParameterizedTest
  @CsvSource({
    "/from, 0x70997970C51812dc3A010C7d01b50e0d17dc79C8, permit2_invalid_signature",
    "/spender, 0x70997970C51812dc3A010C7d01b50e0d17dc79C8, permit2_invalid_spender",
    "/permitted/token, 0x70997970C51812dc3A010C7d01b50e0d17dc79C8, token_mismatch",
    "/permitted/amount, 4999, permit2_amount_mismatch",
    "/witness/channelId,"
        + " 0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd,"
        + " channel_id_mismatch"
  })
  void rule46APermitForAnythingElseIsRefused(String field, String value, String code)
      throws MalformedPayment {
    // Given
    var message = ChannelExample.permit2Deposit();
    int last = field.lastIndexOf('/');
    Example.at(
            message,
            "/payload/deposit/authorization/permit2Authorization" + field.substring(0, last))
        .put(field.substring(last + 1), value);

    // When, Then
    assertThat(verify(ChannelExample.read(message), ChannelExample.permit2Offer()))
        .isEqualTo(invalid(code));
  }

  @Test
  void aDepositMustComeByTheMethodThatIsOffered() throws MalformedPayment {
    assertThat(verify(ChannelExample.read(ChannelExample.permit2Deposit())))
        .isEqualTo(invalid("erc3009_authorization_required"));
    assertThat(verify(ChannelExample.read(ChannelExample.deposit()), ChannelExample.permit2Offer()))
        .isEqualTo(invalid("permit2_authorization_required"));
  }

  @Test
  void aDepositNeedsTheDomainOfTheTokenThatIsOffered() throws MalformedPayment {
    // Given
    var payload = ChannelExample.read(ChannelExample.deposit());
    var nameless = ChannelExample.offer().extra().deepCopy();
    nameless.remove("version");
    var otherToken = TokenDomain.of(asset(1), "USD Coin", "2");

    // When, Then
    assertThat(verify(payload, ChannelExample.offer(nameless)))
        .isEqualTo(invalid("missing_eip712_domain"));
    assertThat(VERIFIER.verify(payload, ChannelExample.offer(), otherToken, Example.NOW, ROOM))
        .isEqualTo(invalid("receive_authorization_signature"));
  }

  @Test
  void anOptionThatIsNoneOfThisSchemeIsRefused() throws MalformedPayment {
    // Given
    var payload = ChannelExample.read(ChannelExample.pay());

    // When, Then
    assertThat(verify(payload, Example.offer())).isEqualTo(invalid("scheme"));
    assertThat(verify(payload, ChannelExample.offer(Example.offer().extra())))
        .isEqualTo(new Invalid<>("invalid_payment_requirements"));
  }

  private static Verification<SoundBatch> verify(BatchPayload payload) {
    return verify(payload, ChannelExample.offer());
  }

  private static Verification<SoundBatch> verify(BatchPayload payload, PaymentRequirements offer) {
    return VERIFIER.verify(payload, offer, Example.DOMAIN, Example.NOW, ROOM);
  }

  private static Verification<SoundBatch> verifyAt(
      long second, BatchPayload payload, PaymentRequirements offer) {
    return VERIFIER.verify(
        payload, offer, Example.DOMAIN, Instant.ofEpochSecond(second, 999_999_999), ROOM);
  }

  private static SoundBatch sound(Verification<SoundBatch> verification) {
    assertThat(verification).isInstanceOf(Valid.class);
    return ((Valid<SoundBatch>) verification).payment();
  }

  private static Invalid<SoundBatch> invalid(String code) {
    return new Invalid<>(PREFIX + code);
  }

  private static PaymentRequirements leastDeposit(long units) {
    ObjectNode extra =
        new ChannelTerms(ChannelExample.AUTHORIZER, 900, Optional.of(BigInteger.valueOf(units)))
            .extra(Example.DOMAIN);
    return ChannelExample.offer(extra);
  }

  private static Asset asset(int token) {
    return new Asset(Example.ASSET.chain(), Address.parse("0x" + "0".repeat(39) + token));
  }

  private static ChannelConfig config(
      Address receiver, Address receiverAuthorizer, Asset asset, int delay) {
    return new ChannelConfig(
        Example.PAYER.address(),
        Example.PAYER.address(),
        receiver,
        receiverAuthorizer,
        asset,
        delay,
        Bytes32.ZERO);
  }

  private static BatchPayload pay(ChannelConfig config) {
    return pay(config, Example.PAYER);
  }

  /** Well named and signed, whatever the configuration is. */
  private static BatchPayload pay(ChannelConfig config, SigningKey signer) {
    var id = ChannelExample.DIGESTS.channelId(config);
    var ceiling = BigInteger.valueOf(1000);
    var signature = signer.sign(ChannelExample.DIGESTS.voucher(id, ceiling));
    return new BatchPayload.Pay(config, new Voucher(id, ceiling, Bytes.wrap(signature.toBytes())));
  }
}
