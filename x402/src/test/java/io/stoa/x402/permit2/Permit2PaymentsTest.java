package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Permit2Reads.Permit2State;
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

class Permit2PaymentsTest {
  private static final Duration ROOM = Duration.ofSeconds(30);
  private static final Address OTHER = Address.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
  private static final Permit2State RICH = new State().read();

  @Test
  void aGoodPaymentOfEitherSchemeIsValidAndShowsItsKey() throws MalformedPayment {
    // When
    var exact = read(PermitExample.exactMessage());
    var upto = read(PermitExample.uptoMessage());

    // Then
    assertThat(verify(exact, PermitExample.exactOffer()))
        .isEqualTo(new Valid<>(PermitExample.exact()));
    assertThat(verify(upto, PermitExample.uptoOffer()))
        .isEqualTo(new Valid<>(PermitExample.upto()));
    assertThat(exact.key().canonical())
        .isEqualTo("permit2 eip155:31337 0x90f79bf6eb2c4f870365e785982e1f101e93b906 1");
  }

  @Test
  void whatAServerOffersIsWhatClientsOfTheProtocolSignFor() {
    assertThat(PermitExample.exactOffer().extra())
        .isEqualTo(
            Example.object("{'name':'USD Coin','version':'2','assetTransferMethod':'permit2'}"));
    assertThat(PermitExample.uptoOffer().extra())
        .isEqualTo(
            Example.object(
                """
                {'name':'USD Coin','version':'2','assetTransferMethod':'permit2',
                 'facilitatorAddress':'0x70997970c51812dc3a010c7d01b50e0d17dc79c8'}
                """));
  }

  @Test
  void aPaymentByPermit2IsToldByItsForm() throws MalformedPayment {
    assertThat(Permit2Payments.isOne(payload(PermitExample.exactMessage()))).isTrue();
    assertThat(Permit2Payments.isOne(payload(Example.message()))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x1",
        "0x01",
        "0x0000000000000000000000000000000000000000000000000000000000000001",
        "01"
      })
  void rule36ANonceHasOneKeyInHoweverManySpellings(String nonce) throws MalformedPayment {
    // Given
    var message = PermitExample.exactMessage();
    Example.at(message, "/payload/permit2Authorization").put("nonce", nonce);

    // When
    var permit = read(message);

    // Then
    assertThat(permit).isEqualTo(PermitExample.exact());
    assertThat(permit.key().id()).isEqualTo(PermitExample.exact().key().id());
  }

  @ParameterizedTest
  @CsvSource({
    "/payload/permit2Authorization,nonce,0x",
    "/payload/permit2Authorization,nonce,0xg1",
    "/payload/permit2Authorization,nonce,-1",
    "/payload/permit2Authorization,nonce,1e3",
    "/payload/permit2Authorization,nonce,0x10000000000000000000000000000000000000000000000000000000000000000",
    "/payload/permit2Authorization,nonce,115792089237316195423570985008687907853269984665640564039457584007913129639936",
    "/payload/permit2Authorization,deadline,0x77359400",
    "/payload/permit2Authorization,from,0x90F79bf6",
    "/payload/permit2Authorization,spender,''",
    "/payload/permit2Authorization/permitted,amount,0x3e8",
    "/payload/permit2Authorization/permitted,token,usdc",
    "/payload/permit2Authorization/witness,to,0x",
    "/payload/permit2Authorization/witness,validAfter,' 0'",
    "/payload/permit2Authorization/witness,facilitator,0x",
    "/payload,signature,0x1"
  })
  void rule29EveryFieldIsReadStrictly(String place, String field, String value) {
    // Given
    var message = PermitExample.uptoMessage();
    Example.at(message, place).put(field, value);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payload");
    assertThat(malformed.pointer()).isEqualTo(place + "/" + field);
  }

  @Test
  void rule29ANumberThatIsNoStringIsRefused() {
    // Given
    var message = PermitExample.exactMessage();
    Example.at(message, "/payload/permit2Authorization").put("nonce", 1);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

    // Then
    assertThat(malformed.pointer()).isEqualTo("/payload/permit2Authorization/nonce");
  }

  @Test
  void aPermitForASchemeThatNeedsNoneIsNotRead() {
    // Given
    var message = PermitExample.exactMessage();
    Example.at(message, "/accepted").put("scheme", "batch-settlement");

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

    // Then
    assertThat(malformed.reason()).isEqualTo("unsupported_scheme");
  }

  @ParameterizedTest
  @CsvSource({"from,0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "nonce,2", "deadline,2000000001"})
  void rule24AChangedFieldUnderAnOldSignatureIsRefused(String field, String value)
      throws MalformedPayment {
    // Given
    var message = PermitExample.exactMessage();
    Example.at(message, "/payload/permit2Authorization").put(field, value);

    // When, Then
    assertThat(verify(read(message), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_signature"));
  }

  @Test
  void rule24AChangedWitnessUnderAnOldSignatureIsRefused() {
    // Given
    var later = new Witness.Exact(Example.PAY_TO, BigInteger.ONE);
    var good = PermitExample.exact();

    // When, Then
    assertThat(verify(with(good, good.spender(), later), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_signature"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, 1001})
  void rule25AWellSignedOtherAmountIsRefused(long amount) {
    assertThat(
            verify(PermitExample.signed(amount, PermitExample.EXACT), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("permit2_amount_mismatch"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 700, 19_999, 20_001})
  void rule43AnythingButTheAdvertisedCeilingIsRefused(long amount) {
    assertThat(verify(PermitExample.signed(amount, PermitExample.UPTO), PermitExample.uptoOffer()))
        .isEqualTo(new Invalid<>("permit2_amount_mismatch"));
  }

  @Test
  void rule46AnotherPayeeIsRefused() {
    // Given
    var exact = new Witness.Exact(OTHER, BigInteger.ZERO);
    var upto = new Witness.Upto(OTHER, PermitExample.FACILITATOR, BigInteger.ZERO);

    // When, Then
    assertThat(verify(PermitExample.signed(1000, exact), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_recipient_mismatch"));
    assertThat(verify(PermitExample.signed(20_000, upto), PermitExample.uptoOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_recipient_mismatch"));
  }

  @Test
  void rule46AnotherFacilitatorThanTheAdvertisedOneIsRefused() {
    // Given
    var permit =
        PermitExample.signed(20_000, new Witness.Upto(Example.PAY_TO, OTHER, BigInteger.ZERO));
    var silent = PermitExample.offer("upto", 20_000, Permit2Payments.exactExtra(Example.DOMAIN));

    // When, Then
    assertThat(verify(permit, PermitExample.uptoOffer()))
        .isEqualTo(new Invalid<>("upto_facilitator_mismatch"));
    assertThat(verify(PermitExample.upto(), silent))
        .isEqualTo(new Invalid<>("upto_facilitator_mismatch"));
  }

  @Test
  void rule46AnotherSpenderIsRefusedAlsoTheProxyOfTheOtherScheme() {
    for (var spender : new Address[] {OTHER, Permit2.UPTO_PROXY, Permit2.CONTRACT}) {
      assertThat(
              verify(
                  resigned(with(PermitExample.exact(), spender, PermitExample.EXACT)),
                  PermitExample.exactOffer()))
          .isEqualTo(new Invalid<>("invalid_permit2_spender"));
    }
    assertThat(
            verify(
                resigned(with(PermitExample.upto(), Permit2.EXACT_PROXY, PermitExample.UPTO)),
                PermitExample.uptoOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_spender"));
  }

  @Test
  void rule46AnotherTokenOrNetworkIsRefused() {
    // Given
    var otherToken = new Asset(Example.ASSET.chain(), OTHER);
    var otherChain = new Asset(new ChainId(1), Example.ASSET.token());

    // When, Then
    assertThat(verify(in(otherToken, PermitExample.EXACT), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("permit2_token_mismatch"));
    assertThat(verify(in(otherChain, PermitExample.EXACT), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_exact_evm_network_mismatch"));
    assertThat(verify(in(otherChain, PermitExample.UPTO), uptoOffer(1000)))
        .isEqualTo(new Invalid<>("invalid_upto_evm_network_mismatch"));
  }

  @Test
  void rule27ASignatureForAnotherChainIsRefused() {
    // Given
    var permit =
        new PermitAuthorization(
                TokenAmount.of(Example.ASSET, 1000),
                BigInteger.ONE,
                PermitExample.DEADLINE,
                PermitExample.EXACT)
            .signedBy(Example.PAYER, Permit2Domain.of(new ChainId(1)));

    // When, Then
    assertThat(verify(permit, PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_signature"));
  }

  @Test
  void rule26APermitThatRunsOutBeforeItCanBeIncludedIsRefused() {
    // Given
    var last = Instant.ofEpochSecond(2_000_000_000 - 6, 999_999_999);

    // When, Then
    assertThat(offline(PermitExample.exact(), last, Duration.ZERO)).isInstanceOf(Valid.class);
    assertThat(offline(PermitExample.exact(), last.plusSeconds(1), Duration.ZERO))
        .isEqualTo(new Invalid<>("permit2_deadline_expired"));
    assertThat(offline(PermitExample.exact(), last, ROOM))
        .isEqualTo(new Invalid<>("permit2_deadline_expired"));
  }

  @Test
  void rule26APermitThatIsNotGoodYetIsRefused() {
    // Given
    var now = BigInteger.valueOf(Example.NOW.getEpochSecond());

    // When, Then
    assertThat(validAfter(now)).isInstanceOf(Valid.class);
    assertThat(validAfter(now.add(BigInteger.ONE)))
        .isEqualTo(new Invalid<>("permit2_not_yet_valid"));
  }

  @Test
  void aPermitOfOneSchemeDoesNotPayForTheOther() {
    assertThat(verify(PermitExample.upto(), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("unsupported_payload_type"));
    assertThat(verify(PermitExample.exact(), PermitExample.uptoOffer()))
        .isEqualTo(new Invalid<>("invalid_upto_evm_scheme"));
    assertThat(verify(PermitExample.exact(), Example.offer()))
        .isEqualTo(new Invalid<>("unsupported_payload_type"));
  }

  @Test
  void theFirstRuleThatIsBrokenIsTheOneNamed() {
    // Given
    var wrongInEveryWay =
        with(
            PermitExample.signed(1, PermitExample.EXACT),
            OTHER,
            new Witness.Exact(OTHER, PermitExample.DEADLINE));

    // When, Then
    assertThat(verify(wrongInEveryWay, PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("invalid_permit2_spender"));
  }

  /** Permit2 itself takes both: one permit would have several signatures. */
  @ParameterizedTest
  @CsvSource({
    "high s, 703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477dee90a83e8eff04811049f15dd6d5c20605ab0840fd9e1145f81fc3e8b5891cba1c",
    "compact, 703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477d116f57c17100fb7eefb60ea2292a3df8b503d4a5b1aa8ef5c7b29aa41aad2487",
    "v 0, 703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477d116f57c17100fb7eefb60ea2292a3df8b503d4a5b1aa8ef5c7b29aa41aad248700"
  })
  void rule28SignaturesInAnyOtherFormAreRefused(String form, String signature) {
    var permit = signedWith(Bytes.parse("0x" + signature));

    assertThat(verify(permit, PermitExample.exactOffer()))
        .as(form)
        .isEqualTo(new Invalid<>("invalid_permit2_signature"));
  }

  @Test
  void rule32AWalletMaySignInItsOwnWay() {
    // Given
    var contracts = new ContractWallets();
    var permit = signedWith(Bytes.wrap(new byte[300]));
    var state = new State().ofWallet();

    // When
    var accepted = onChain(permit, state, new Signers(contracts, Set.of()));
    contracts.accept(false);
    var declined = onChain(permit, state, new Signers(contracts, Set.of()));

    // Then
    assertThat(accepted).isEqualTo(new Valid<>(permit));
    assertThat(declined).isEqualTo(new Invalid<>("invalid_permit2_signature"));
    assertThat(contracts.asked().getFirst().digest())
        .isEqualTo(PermitAuthorization.digest(permit, PermitExample.DOMAIN));
  }

  @Test
  void rule32AWalletThatIsNotDeployedNeedsATrustedFactory() {
    assertThat(verify(signedWith(Example.WRAPPED), PermitExample.exactOffer()))
        .isEqualTo(new Invalid<>("eip6492_factory_not_allowed"));
  }

  @Test
  void rule31APayerWithoutTheMoneyIsRefused() {
    assertThat(onChain(new State().balance(999)))
        .isEqualTo(new Invalid<>("permit2_insufficient_balance"));
    assertThat(onChain(new State().balance(1000))).isInstanceOf(Valid.class);
  }

  @Test
  void rule47AMissingAllowanceHasItsOwnReason() {
    assertThat(onChain(new State().allowance(999)))
        .isEqualTo(new Invalid<>("permit2_allowance_required"));
    assertThat(onChain(new State().allowance(1000))).isInstanceOf(Valid.class);
  }

  @Test
  void rule47AnApprovalSentAlongStandsInForTheAllowance() {
    // Given
    var approval =
        new Eip2612Approval(
            PermitExample.exact().amount(),
            Example.PAYER.address(),
            Permit2.CONTRACT,
            BigInteger.ZERO,
            PermitExample.DEADLINE,
            Signature.strict(Bytes.parse(Example.SIGNATURE).toBytes()));

    // When
    var verification =
        Permit2Payments.verify(
            sound(PermitExample.exact()),
            new State().allowance(0).read(),
            Optional.of(approval),
            ContractWallets.noSigners());

    // Then
    assertThat(verification).isInstanceOf(Valid.class);
  }

  @Test
  void theChainDecidesOnTokenProxyAndNonce() {
    assertThat(onChain(new State().withoutAsset()))
        .isEqualTo(new Invalid<>("asset_not_deployed_contract"));
    assertThat(onChain(new State().withoutProxy()))
        .isEqualTo(new Invalid<>("permit2_proxy_not_deployed"));
    assertThat(onChain(new State().used().balance(0)))
        .isEqualTo(new Invalid<>("permit2_invalid_nonce"));
  }

  private static PaymentPayload payload(ObjectNode message) throws MalformedPayment {
    return PaymentPayload.read(Example.header(message));
  }

  private static SignedPermit read(ObjectNode message) throws MalformedPayment {
    return Permit2Payments.read(payload(message));
  }

  /** All there is to verify, for a rich payer without code. */
  private static Verification<SignedPermit> verify(SignedPermit permit, PaymentRequirements offer) {
    return switch (Permit2Payments.verify(permit, offer, PermitExample.DOMAIN, Example.NOW, ROOM)) {
      case Invalid<Sound<SignedPermit>>(var reason) -> new Invalid<>(reason);
      case Valid<Sound<SignedPermit>>(var sound) ->
          Permit2Payments.verify(sound, RICH, Optional.empty(), ContractWallets.noSigners());
    };
  }

  private static Verification<Sound<SignedPermit>> offline(
      SignedPermit permit, Instant now, Duration room) {
    return Permit2Payments.verify(
        permit, PermitExample.exactOffer(), PermitExample.DOMAIN, now, room);
  }

  private static Sound<SignedPermit> sound(SignedPermit permit) {
    return ((Valid<Sound<SignedPermit>>) offline(permit, Example.NOW, ROOM)).payment();
  }

  private static Verification<SignedPermit> onChain(State state) {
    return onChain(PermitExample.exact(), state, ContractWallets.noSigners());
  }

  private static Verification<SignedPermit> onChain(
      SignedPermit permit, State state, Signers signers) {
    return Permit2Payments.verify(sound(permit), state.read(), Optional.empty(), signers);
  }

  private static Verification<SignedPermit> validAfter(BigInteger second) {
    return verify(
        PermitExample.signed(1000, new Witness.Exact(Example.PAY_TO, second)),
        PermitExample.exactOffer());
  }

  /** Signed well, for the token it names. */
  private static SignedPermit in(Asset asset, Witness witness) {
    return new PermitAuthorization(
            TokenAmount.of(asset, 1000), BigInteger.ONE, PermitExample.DEADLINE, witness)
        .signedBy(Example.PAYER, Permit2Domain.of(asset.chain()));
  }

  private static PaymentRequirements uptoOffer(long ceiling) {
    return PermitExample.offer(
        "upto", ceiling, Permit2Payments.uptoExtra(Example.DOMAIN, PermitExample.FACILITATOR));
  }

  private static SignedPermit with(SignedPermit good, Address spender, Witness witness) {
    return new SignedPermit(
        good.amount(),
        good.payer(),
        spender,
        good.nonce(),
        good.deadline(),
        witness,
        good.signature());
  }

  private static SignedPermit signedWith(Bytes signature) {
    var good = PermitExample.exact();
    return new SignedPermit(
        good.amount(),
        good.payer(),
        good.spender(),
        good.nonce(),
        good.deadline(),
        good.witness(),
        signature);
  }

  private static SignedPermit resigned(SignedPermit permit) {
    var digest = PermitAuthorization.digest(permit, PermitExample.DOMAIN);
    return new SignedPermit(
        permit.amount(),
        permit.payer(),
        permit.spender(),
        permit.nonce(),
        permit.deadline(),
        permit.witness(),
        Bytes.wrap(Example.PAYER.sign(digest).toBytes()));
  }

  /** What the chain says of a payer that can pay, unless told otherwise. */
  private record State(
      boolean assetHasCode,
      boolean payerHasCode,
      boolean proxyHasCode,
      long balance,
      long allowance,
      boolean isUsed) {
    State() {
      this(true, false, true, 1_000_000, 1_000_000, false);
    }

    State ofWallet() {
      return new State(assetHasCode, true, proxyHasCode, balance, allowance, isUsed);
    }

    State withoutAsset() {
      return new State(false, payerHasCode, proxyHasCode, balance, allowance, isUsed);
    }

    State withoutProxy() {
      return new State(assetHasCode, payerHasCode, false, balance, allowance, isUsed);
    }

    State balance(long units) {
      return new State(assetHasCode, payerHasCode, proxyHasCode, units, allowance, isUsed);
    }

    State allowance(long units) {
      return new State(assetHasCode, payerHasCode, proxyHasCode, balance, units, isUsed);
    }

    State used() {
      return new State(assetHasCode, payerHasCode, proxyHasCode, balance, allowance, true);
    }

    Permit2State read() {
      return new Permit2State(
          new BlockRef(1, Bytes32.ZERO),
          assetHasCode,
          payerHasCode,
          proxyHasCode,
          BigInteger.valueOf(balance),
          BigInteger.valueOf(allowance),
          isUsed);
    }
  }
}
