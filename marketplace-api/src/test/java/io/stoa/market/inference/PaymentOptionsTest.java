package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.stoa.chain.token.TokenMethods;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentOptionsTest {
  private static final Asset TOKEN =
      new Asset(new ChainId(31_337), Address.parse("0x" + "05".repeat(20)));
  private static final Address SETTLER = Address.parse("0x" + "06".repeat(20));
  private static final TokenAmount PRICE = TokenAmount.of(TOKEN, 1_000);
  private static final BigInteger MORE = BigInteger.valueOf(1_001);
  private static final BigInteger LEAST = BigInteger.valueOf(9_000);
  private static final Offer FIXED = new Offer.PerCall("call", PRICE);
  private static final Offer METERED =
      new Offer.PerUnit("item", PRICE, BigInteger.ZERO, Map.of(Unit.ITEM, BigInteger.ONE), 1);
  private static final TokenMethods DOLLAR = new TokenMethods(true, true);
  private static final TokenMethods APPROVABLE = new TokenMethods(false, true);
  private static final TokenMethods PLAIN = new TokenMethods(false, false);

  @Test
  void aFixedPriceIsPaidOutOfAChannelOrExactly() {
    assertThat(options(DOLLAR, true, FIXED))
        .extracting(PaymentRequirements::scheme)
        .containsExactly("batch-settlement", "exact");
  }

  @ParameterizedTest
  @CsvSource({"899, 9000", "901, 9010"})
  void aDepositIsWorthItsGasAndTenCalls(long price, String deposit) {
    assertThat(options(DOLLAR, true, new Offer.PerCall("call", TokenAmount.of(TOKEN, price))))
        .first()
        .satisfies(
            option -> assertThat(option.extra().path("minDeposit").textValue()).isEqualTo(deposit));
  }

  @Test
  void whatIsNotWorthItsGasIsPaidOutOfAChannelOnly() {
    for (var offer : List.of(FIXED, METERED)) {
      assertThat(schemes(PRICE.units(), offer, Usage.NOTHING)).contains("exact");
      assertThat(schemes(MORE, offer, Usage.NOTHING)).containsExactly("batch-settlement");
    }
  }

  @Test
  void whatARequestCostsAtMostDecidesWhetherItIsWorthItsGas() {
    assertThat(schemes(PRICE.units(), METERED, items(1_000)))
        .containsExactly("batch-settlement", "upto", "exact");
    assertThat(schemes(PRICE.units(), METERED, items(999))).containsExactly("batch-settlement");
  }

  @Test
  void whatCostsNothingIsWorthItsGas() {
    var free = new Offer.PerCall("call", TokenAmount.of(TOKEN, 0));

    assertThat(schemes(MORE, free, Usage.NOTHING)).containsExactly("batch-settlement", "exact");
    assertThat(schemes(PRICE.units(), METERED, items(0)))
        .containsExactly("batch-settlement", "upto", "exact");
  }

  @Test
  void whatIsPaidUpfrontIsNotOfferedWhenItIsNotWorthItsGas() {
    var upfront = new Offer.PerCall("call", PRICE, Offer.Flow.UPFRONT);

    assertThat(schemes(PRICE.units(), upfront, Usage.NOTHING)).containsExactly("exact");
    assertThat(payable(DOLLAR, true, MORE).of(terms(upfront))).isEmpty();
  }

  @Test
  void whatWasQuotedMayHaveBeenOfAnyPrice() {
    assertThat(payable(DOLLAR, true, MORE).ofAnyPrice(terms(FIXED)))
        .extracting(Sale.Option::most)
        .isEqualTo(options(DOLLAR, true, FIXED));
  }

  @Test
  void whatIsPaidUpfrontIsPaidExactlyAndByNoOtherScheme() {
    var upfront = new Offer.PerCall("call", PRICE, Offer.Flow.UPFRONT);
    for (var methods : List.of(DOLLAR, APPROVABLE)) {
      assertThat(options(methods, true, upfront))
          .singleElement()
          .satisfies(option -> assertThat(option.scheme()).isEqualTo("exact"))
          .satisfies(option -> assertThat(option.isUpfront()).isTrue());
    }
    assertThat(options(DOLLAR, true, FIXED)).noneMatch(PaymentRequirements::isUpfront);
  }

  @Test
  void aMeteredPriceIsPaidUpToItsCeilingWhereTheContractsAreThere() {
    assertThat(options(DOLLAR, true, METERED))
        .extracting(PaymentRequirements::scheme)
        .containsExactly("batch-settlement", "upto", "exact");
    assertThat(options(DOLLAR, false, METERED))
        .extracting(PaymentRequirements::scheme)
        .containsExactly("batch-settlement", "exact");
  }

  @Test
  void uptoNamesTheOneAccountThatCanSettle() {
    assertThat(options(DOLLAR, true, METERED).get(1).extra().path("facilitatorAddress").asText())
        .isEqualTo(SETTLER.toString());
  }

  @Test
  void aTokenWithoutAuthorizationsIsPaidByPermit2() {
    assertThat(options(APPROVABLE, true, FIXED))
        .extracting(PaymentRequirements::scheme, PaymentRequirements::assetTransferMethod)
        .containsExactly(tuple("batch-settlement", "permit2"), tuple("exact", "permit2"));
  }

  @Test
  void theDomainToSignAnApprovalInIsToldOnlyOfTokensThatTakeOne() {
    assertThat(options(APPROVABLE, true, METERED))
        .allSatisfy(option -> assertThat(option.extra().path("version").asText()).isEqualTo("2"));
    assertThat(options(PLAIN, true, METERED))
        .hasSize(3)
        .allSatisfy(
            option ->
                assertThat(option.extra().properties()).noneMatch(PaymentOptionsTest::isOfDomain));
  }

  @Test
  void aTokenThatNothingMovesBySignatureCannotBePaidWith() {
    assertThat(options(PLAIN, false, METERED)).isEmpty();
  }

  @Test
  void whatCannotBeReadIsNotOffered() {
    var unreadable =
        new PaymentOptions(
            token -> Optional.empty(),
            channels(),
            10,
            LEAST,
            BigInteger.ONE,
            SETTLER,
            Duration.ofMinutes(1));

    assertThat(unreadable.of(terms(FIXED))).isEmpty();
  }

  private static boolean isOfDomain(Map.Entry<String, ?> member) {
    return member.getKey().equals("name") || member.getKey().equals("version");
  }

  private static List<PaymentRequirements> options(
      TokenMethods methods, boolean isPermit2Ready, Offer offer) {
    return payable(methods, isPermit2Ready, BigInteger.ONE).of(terms(offer)).stream()
        .map(Sale.Option::most)
        .toList();
  }

  /** Those of what is asked of a request where single payments are worth {@code leastPrice}. */
  private static List<String> schemes(BigInteger leastPrice, Offer offer, Usage limits) {
    return payable(DOLLAR, true, leastPrice).of(terms(offer)).stream()
        .flatMap(option -> option.of(limits).stream())
        .map(PaymentRequirements::scheme)
        .toList();
  }

  private static PaymentOptions payable(
      TokenMethods methods, boolean isPermit2Ready, BigInteger leastPrice) {
    var token = new PayableToken(TokenDomain.of(TOKEN, "Token", "2"), methods, isPermit2Ready);
    return new PaymentOptions(
        asset -> Optional.of(token),
        channels(),
        10,
        LEAST,
        leastPrice,
        SETTLER,
        Duration.ofMinutes(1));
  }

  private static Usage items(long limit) {
    return new Usage(Map.of(Unit.ITEM, limit));
  }

  private static ChannelTerms channels() {
    return new ChannelTerms(SETTLER, 86_400, Optional.empty());
  }

  private static ForSale.Terms terms(Offer offer) {
    return new ForSale.Terms(
        new ListingId(1),
        Bytes32.ZERO,
        Bytes32.ZERO,
        Address.parse("0x" + "07".repeat(20)),
        new Manifest.Endpoint(URI.create("https://p.example"), List.of(), List.of()),
        List.of(offer),
        Instant.EPOCH,
        Optional.empty());
  }
}
