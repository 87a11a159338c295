package io.stoa.x402.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads.Eip3009State;
import io.stoa.x402.ContractSignatures.Question;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.signature.ContractWallets;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactEip3009Test {
  private static final Duration ROOM = Duration.ofSeconds(30);
  private static final Eip3009State WALLET = state(true, true, 1000, false);
  private static final Address OTHER = Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

  private final ContractWallets contracts = new ContractWallets();

  @Test
  void aGoodPaymentIsValidAndShowsItsKey() throws MalformedPayment {
    // When
    var transfer = read(Example.message());

    // Then
    assertThat(verify(transfer)).isEqualTo(new Valid<>(Example.transfer()));
    assertThat(transfer.key().canonical())
        .isEqualTo(
            "eip3009 eip155:31337/erc20:0x5fbdb2315678afecb367f032d93f642f64180aa3"
                + " 0x90f79bf6eb2c4f870365e785982e1f101e93b906 "
                + Example.NONCE);
  }

  @ParameterizedTest
  @CsvSource({
    "value,1001",
    "to,0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "from,0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "validAfter,1",
    "validBefore,2000000001",
    "nonce,0x1111111111111111111111111111111111111111111111111111111111111112"
  })
  void rule24AChangedFieldUnderAnOldSignatureIsRefused(String field, String value)
      throws MalformedPayment {
    // Given
    var message = Example.message();
    Example.at(message, "/payload/authorization").put(field, value);

    // When, Then
    assertThat(verify(read(message))).isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, 1001})
  void rule25AWellSignedOtherValueIsRefused(long value) {
    var transfer =
        signed(
            new TransferAuthorization(
                TokenAmount.of(Example.ASSET, value),
                Example.PAY_TO,
                BigInteger.ZERO,
                Example.VALID_BEFORE,
                Example.NONCE));

    assertThat(verify(transfer))
        .isEqualTo(new Invalid<>("invalid_exact_evm_payload_authorization_value_mismatch"));
  }

  @Test
  void rule25AWellSignedOtherRecipientIsRefused() {
    var transfer =
        signed(
            new TransferAuthorization(
                TokenAmount.of(Example.ASSET, 1000),
                OTHER,
                BigInteger.ZERO,
                Example.VALID_BEFORE,
                Example.NONCE));

    assertThat(verify(transfer)).isEqualTo(new Invalid<>("invalid_exact_evm_recipient_mismatch"));
  }

  @Test
  void rule26APaymentThatRunsOutBeforeItCanBeIncludedIsRefused() {
    // Given
    var last = Example.VALID_BEFORE.longValue() - 6;

    // When, Then
    assertThat(verifyAt(last, Duration.ZERO)).isInstanceOf(Valid.class);
    assertThat(verifyAt(last + 1, Duration.ZERO))
        .isEqualTo(new Invalid<>("invalid_exact_evm_payload_authorization_valid_before"));
  }

  @Test
  void rule26TheServerMayAskForMoreRoomThanTheProtocol() {
    // Given
    var last = Example.VALID_BEFORE.longValue() - 30;

    // When, Then
    assertThat(verifyAt(last, ROOM)).isInstanceOf(Valid.class);
    assertThat(verifyAt(last + 1, ROOM))
        .isEqualTo(new Invalid<>("invalid_exact_evm_payload_authorization_valid_before"));
  }

  @Test
  void rule26APaymentThatIsNotGoodYetIsRefused() {
    // Given
    long now = Example.NOW.getEpochSecond();

    // When, Then
    assertThat(verify(signed(validAfter(now)))).isInstanceOf(Valid.class);
    assertThat(verify(signed(validAfter(now + 1))))
        .isEqualTo(new Invalid<>("invalid_exact_evm_payload_authorization_valid_after"));
  }

  @Test
  void rule27ASignatureForAnotherDomainIsRefused() {
    // Given
    var token = Example.ASSET.token();
    var domains =
        new TokenDomain[] {
          TokenDomain.of(new Asset(new ChainId(1), token), "USD Coin", "2"),
          TokenDomain.of(new Asset(Example.ASSET.chain(), OTHER), "USD Coin", "2"),
          TokenDomain.of(Example.ASSET, "USDC", "2"),
          TokenDomain.of(Example.ASSET, "USD Coin", "1")
        };

    // When, Then
    for (var domain : domains) {
      assertThat(verify(Example.authorization().signedBy(Example.PAYER, domain)))
          .as(domain.toString())
          .isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
    }
  }

  @Test
  void rule27APaymentInAnotherTokenOrOnAnotherNetworkIsRefused() {
    // Given
    var otherToken = new Asset(Example.ASSET.chain(), OTHER);
    var otherChain = new Asset(new ChainId(1), Example.ASSET.token());

    // When, Then
    assertThat(verify(in(otherToken))).isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
    assertThat(verify(in(otherChain)))
        .isEqualTo(new Invalid<>("invalid_exact_evm_network_mismatch"));
  }

  /** Else one authorization would have a key for every token its payer cares to name. */
  @Test
  void rule27ANameOfAnotherTokenOverASignatureForOursIsRefused() {
    // Given
    var transfer =
        new TransferAuthorization(
                TokenAmount.of(new Asset(Example.ASSET.chain(), OTHER), 1000),
                Example.PAY_TO,
                BigInteger.ZERO,
                Example.VALID_BEFORE,
                Example.NONCE)
            .signedBy(Example.PAYER, Example.DOMAIN);

    // When, Then
    assertThat(verify(transfer)).isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
  }

  @ParameterizedTest
  @CsvSource({
    "high s, 2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5ebc08b93331b26166a9df7a11dae312b54c207e910be0f6fb196abed568cdab71b",
    "v 1, 2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a01",
    "compact, 2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5943f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a",
    "a byte more, 2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a1c00",
    "zero r, 0000000000000000000000000000000000000000000000000000000000000000143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a1c",
    "zero s, 2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce500000000000000000000000000000000000000000000000000000000000000001c",
    "empty, ''"
  })
  void rule28SignaturesInAnyOtherFormAreRefused(String form, String signature)
      throws MalformedPayment {
    // Given
    var message = Example.message();
    Example.at(message, "/payload").put("signature", "0x" + signature);

    // When, Then
    assertThat(verify(read(message)))
        .as(form)
        .isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
  }

  @Test
  void aSignatureThatIsNoHexOrTooLongIsNotRead() {
    // Given
    var message = Example.message();
    var payload = Example.at(message, "/payload");

    for (var signature : new String[] {"0x1", "12", "0xzz", "0x" + "00".repeat(8193)}) {
      payload.put("signature", signature);

      // When
      var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

      // Then
      assertThat(malformed).as(signature).isNotNull();
      assertThat(malformed.pointer()).isEqualTo("/payload/signature");
    }
  }

  @Test
  void rule32AWalletIsAskedAboutTheDigestAtTheHead() {
    // Given
    var transfer = Example.transfer();

    // When
    var verification =
        ExactEip3009.verify(sound(transfer), WALLET, new Signers(contracts, Set.of()));

    // Then
    assertThat(verification).isEqualTo(new Valid<>(transfer));
    assertThat(contracts.asked())
        .containsExactly(
            new Question(
                transfer.payer(),
                TransferAuthorization.digest(transfer, Example.DOMAIN),
                transfer.signature(),
                Optional.empty()));
  }

  /** Also one that delegates its key's account (EIP-7702): the chain asks the code, too. */
  @Test
  void rule32AWalletThatSaysNoIsRefusedWhateverItsKeySigned() {
    contracts.accept(false);

    assertThat(
            ExactEip3009.verify(
                sound(Example.transfer()), WALLET, new Signers(contracts, Set.of())))
        .isEqualTo(new Invalid<>("invalid_exact_evm_signature"));
  }

  @Test
  void rule32AWalletMaySignInItsOwnWay() {
    // Given
    var transfer = with(Bytes.wrap(new byte[300]));

    // When, Then
    assertThat(ExactEip3009.verify(sound(transfer), WALLET, new Signers(contracts, Set.of())))
        .isEqualTo(new Valid<>(transfer));
  }

  @Test
  void rule32AWalletThatIsNotDeployedNeedsATrustedFactory() {
    // Given
    var transfer = with(Example.WRAPPED);

    // When, Then
    assertThat(verify(transfer)).isEqualTo(new Invalid<>("eip6492_factory_not_allowed"));
  }

  @Test
  void aPaymentThatBreaksAnotherRuleIsNotWorthAskingItsWallet() {
    // Given
    var strange = with(Bytes.wrap(new byte[300]));

    // When, Then
    assertThat(ExactEip3009.verify(strange, offer(1001), Example.DOMAIN, Example.NOW, ROOM))
        .isEqualTo(new Invalid<>("invalid_exact_evm_payload_authorization_value_mismatch"));
  }

  @Test
  void anOfferOfAnotherSchemeOrWithoutADomainIsNotVerified() {
    assertThat(verify(Example.transfer(), offer("upto", "{'name':'USD Coin','version':'2'}")))
        .isEqualTo(new Invalid<>("invalid_exact_evm_scheme"));
    assertThat(verify(Example.transfer(), offer("exact", "{'name':'USD Coin'}")))
        .isEqualTo(new Invalid<>("invalid_exact_evm_missing_eip712_domain"));
    assertThat(
            verify(
                Example.transfer(),
                offer(
                    "exact", "{'name':'USD Coin','version':'2','assetTransferMethod':'permit2'}")))
        .isEqualTo(new Invalid<>("invalid_exact_evm_scheme"));
  }

  @Test
  void theFirstRuleThatIsBrokenIsTheOneNamed() {
    // Given
    var wrongInEveryWay =
        new TransferAuthorization(
            TokenAmount.of(Example.ASSET, 1),
            OTHER,
            Example.VALID_BEFORE,
            BigInteger.ZERO,
            Example.NONCE);

    // When, Then
    assertThat(verify(signed(wrongInEveryWay)))
        .isEqualTo(new Invalid<>("invalid_exact_evm_recipient_mismatch"));
  }

  @Test
  void rule31APayerWithoutTheMoneyIsRefused() {
    assertThat(onChain(state(true, false, 999, false)))
        .isEqualTo(new Invalid<>("invalid_exact_evm_insufficient_balance"));
    assertThat(onChain(state(true, false, 1000, false))).isEqualTo(new Valid<>(Example.transfer()));
  }

  @Test
  void theChainDecidesOnTokenAndNonce() {
    assertThat(onChain(state(false, false, 1000, false)))
        .isEqualTo(new Invalid<>("asset_not_deployed_contract"));
    assertThat(onChain(state(true, false, 1000, true)))
        .isEqualTo(new Invalid<>("invalid_exact_evm_nonce_already_used"));
  }

  private static SignedTransfer read(ObjectNode message) throws MalformedPayment {
    return ExactEip3009.read(PaymentPayload.read(Example.header(message)));
  }

  private static Verification<SignedTransfer> verify(SignedTransfer transfer) {
    return verify(transfer, Example.offer());
  }

  private static Verification<SignedTransfer> verify(
      SignedTransfer transfer, PaymentRequirements offer) {
    return verify(transfer, offer, Example.NOW, ROOM);
  }

  private static Verification<SignedTransfer> verifyAt(long second, Duration room) {
    return verify(
        Example.transfer(), Example.offer(), Instant.ofEpochSecond(second, 999_999_999), room);
  }

  /** All there is to verify, for a rich payer without code. */
  private static Verification<SignedTransfer> verify(
      SignedTransfer transfer, PaymentRequirements offer, Instant now, Duration room) {
    return switch (ExactEip3009.verify(transfer, offer, Example.DOMAIN, now, room)) {
      case Invalid<Sound<SignedTransfer>>(var reason) -> new Invalid<>(reason);
      case Valid<Sound<SignedTransfer>>(var sound) ->
          ExactEip3009.verify(
              sound, state(true, false, 1_000_000, false), ContractWallets.noSigners());
    };
  }

  private static Verification<SignedTransfer> onChain(Eip3009State state) {
    return ExactEip3009.verify(sound(Example.transfer()), state, ContractWallets.noSigners());
  }

  private static Sound<SignedTransfer> sound(SignedTransfer transfer) {
    return ((Valid<Sound<SignedTransfer>>)
            ExactEip3009.verify(transfer, Example.offer(), Example.DOMAIN, Example.NOW, ROOM))
        .payment();
  }

  /** The good payment under another signature. */
  private static SignedTransfer with(Bytes signature) {
    var good = Example.transfer();
    return new SignedTransfer(
        good.amount(),
        good.payer(),
        good.payTo(),
        good.validAfter(),
        good.validBefore(),
        good.nonce(),
        signature);
  }

  private static SignedTransfer signed(TransferAuthorization authorization) {
    return authorization.signedBy(Example.PAYER, Example.DOMAIN);
  }

  /** Signed well, for the token it names. */
  private static SignedTransfer in(Asset asset) {
    return new TransferAuthorization(
            TokenAmount.of(asset, 1000),
            Example.PAY_TO,
            BigInteger.ZERO,
            Example.VALID_BEFORE,
            Example.NONCE)
        .signedBy(Example.PAYER, TokenDomain.of(asset, "USD Coin", "2"));
  }

  private static TransferAuthorization validAfter(long second) {
    return new TransferAuthorization(
        TokenAmount.of(Example.ASSET, 1000),
        Example.PAY_TO,
        BigInteger.valueOf(second),
        Example.VALID_BEFORE,
        Example.NONCE);
  }

  private static PaymentRequirements offer(long amount) {
    return offer("exact", amount, "{'name':'USD Coin','version':'2'}");
  }

  private static PaymentRequirements offer(String scheme, String extra) {
    return offer(scheme, 1000, extra);
  }

  private static PaymentRequirements offer(String scheme, long amount, String extra) {
    return new PaymentRequirements(
        scheme,
        Example.ASSET.chain(),
        BigInteger.valueOf(amount),
        Example.ASSET.token(),
        Example.PAY_TO,
        60,
        Example.object(extra));
  }

  private static Eip3009State state(
      boolean assetHasCode, boolean payerHasCode, long balance, boolean isNonceUsed) {
    return new Eip3009State(
        new BlockRef(1, Bytes32.ZERO),
        assetHasCode,
        payerHasCode,
        BigInteger.valueOf(balance),
        isNonceUsed);
  }
}
