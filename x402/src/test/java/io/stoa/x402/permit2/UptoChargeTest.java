package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.x402.permit2.UptoCharge.AboveCeiling;
import io.stoa.x402.permit2.UptoCharge.Due;
import io.stoa.x402.permit2.UptoCharge.Free;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UptoChargeTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 700, 20_000})
  void rule44ThePriceIsChargedUpToTheCeiling(long price) {
    assertThat(charge(price)).isEqualTo(new Due(BigInteger.valueOf(price)));
  }

  @Test
  void rule44NothingIsChargedAboveTheCeiling() {
    assertThat(charge(20_001)).isEqualTo(new AboveCeiling());
  }

  @Test
  void rule45APriceOfZeroNeedsNoTransaction() {
    assertThat(charge(0)).isEqualTo(new Free());
  }

  @Test
  void thereIsNoNegativePriceAndNoMeterUnderAnExactPermit() {
    assertThatIllegalArgumentException().isThrownBy(() -> charge(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UptoCharge.of(PermitExample.exact(), BigInteger.ONE));
  }

  private static UptoCharge charge(long price) {
    return UptoCharge.of(PermitExample.upto(), BigInteger.valueOf(price));
  }
}
