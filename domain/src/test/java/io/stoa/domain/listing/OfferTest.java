package io.stoa.domain.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfferTest {
  private static final Asset DOLLAR =
      Asset.parse("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3");

  /** 10 for a request, 0.1 for an input token, 0.3 for an output token, 500 at most. */
  private static final Offer TOKENS =
      new Offer.PerUnit(
          "tokens",
          TokenAmount.of(DOLLAR, 500),
          BigInteger.TEN,
          Map.of(
              Unit.INPUT_TOKEN,
              BigInteger.valueOf(100),
              Unit.OUTPUT_TOKEN,
              BigInteger.valueOf(300)),
          1_000);

  @ParameterizedTest
  @CsvSource({"0, 0, 10", "1, 0, 11", "10, 0, 11", "10, 10, 14", "11, 10, 15", "5000, 0, 500"})
  void aMeteredChargeIsRoundedUpOnceAndNeverMoreThanThePrice(long input, long output, long charge) {
    // Given
    var usage = new Usage(Map.of(Unit.INPUT_TOKEN, input, Unit.OUTPUT_TOKEN, output));

    // When, Then
    assertThat(TOKENS.charge(usage)).isEqualTo(charge);
  }

  @Test
  void whatNobodyCountedIsNotCharged() {
    assertThat(TOKENS.charge(Usage.NOTHING)).isEqualTo(10);
    assertThat(TOKENS.charge(new Usage(Map.of(Unit.SECOND, 9L)))).isEqualTo(10);
  }

  @Test
  void theCeilingIsWhatTheLimitsCanCost() {
    // Given
    var limited = new Usage(Map.of(Unit.INPUT_TOKEN, 100L, Unit.OUTPUT_TOKEN, 50L));
    var halfLimited = new Usage(Map.of(Unit.INPUT_TOKEN, 100L));

    // When, Then
    assertThat(TOKENS.ceiling(limited)).isEqualTo(35);
    assertThat(TOKENS.ceiling(halfLimited)).isEqualTo(500);
  }

  @Test
  void aUnitThatCostsNothingNeedsNoLimit() {
    // Given
    var offer =
        new Offer.PerUnit(
            "free-input",
            TokenAmount.of(DOLLAR, 500),
            BigInteger.ZERO,
            Map.of(Unit.INPUT_TOKEN, BigInteger.ZERO, Unit.ITEM, BigInteger.TWO),
            1);

    // When, Then
    assertThat(offer.ceiling(new Usage(Map.of(Unit.ITEM, 3L)))).isEqualTo(6);
    assertThat(offer.charge(Usage.NOTHING)).isZero();
  }

  @Test
  void aFixedPriceDependsOnNothing() {
    // Given
    var offer = new Offer.PerCall("call", TokenAmount.of(DOLLAR, 7));

    // When, Then
    assertThat(offer.ceiling(Usage.NOTHING)).isEqualTo(7);
    assertThat(offer.charge(new Usage(Map.of(Unit.ITEM, 9L)))).isEqualTo(7);
  }

  @Test
  void nothingIsEverCountedBackwards() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Usage(Map.of(Unit.BYTE, -1L)));
  }
}
