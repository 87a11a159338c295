package io.stoa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
  @ParameterizedTest
  @CsvSource({"1000,1000", "0.001usd,1000", "1usd,1000000", "0.000001USD,1", "2.50usd,2500000"})
  void readsSmallestUnitsAndDollarsExactly(String text, BigInteger units) {
    assertThat(Amount.parse(text).units()).isEqualTo(units);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0.001", "0.0000001usd", "1e3", "1 usd", "0x10", "usd"})
  void refusesWhatCouldBeMisunderstood(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Amount.parse(text));
  }

  @Test
  void printsDollarsWithoutSuperfluousZeros() {
    assertThat(new Amount(BigInteger.valueOf(1000)).inDollars()).isEqualTo("0.001 USD");
    assertThat(new Amount(BigInteger.valueOf(20_000_000)).inDollars()).isEqualTo("20 USD");
  }
}
