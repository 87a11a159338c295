package io.stoa.market.facilitator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.MarketException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
  private static final Client ONE = new Client.Stranger("192.0.2.1");
  private static final Client OTHER = new Client.Stranger("192.0.2.2");
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(-17);
  private final Rates rates = new Rates(now::get);

  @Test
  void aClientMayComeInABurstAndThenAtItsRate() {
    // Given
    assertThat(asked(ONE, 100)).isEqualTo(20);

    // When
    now.addAndGet(SECOND);

    // Then
    assertThat(asked(ONE, 100)).isEqualTo(10);
  }

  @Test
  void whoRestsGetsNoMoreThanOneBurst() {
    // Given
    asked(ONE, 100);

    // When
    now.addAndGet(3_600 * SECOND);

    // Then
    assertThat(asked(ONE, 100)).isEqualTo(20);
  }

  @Test
  void oneClientsHasteIsNotAnothers() {
    asked(ONE, 100);

    assertThatCode(() -> rates.count(OTHER, 10)).doesNotThrowAnyException();
  }

  @Test
  void aRefusalSaysWhenToComeBack() {
    asked(ONE, 100);

    assertThatExceptionOfType(MarketException.QuotaExceeded.class)
        .isThrownBy(() -> rates.count(ONE, 10))
        .satisfies(refusal -> assertThat(refusal.retryAfter()).isPositive());
  }

  /** How many of {@code times} requests are let through at ten a second. */
  private int asked(Client client, int times) {
    int passed = 0;
    for (int i = 0; i < times; i++) {
      try {
        rates.count(client, 10);
        passed++;
      } catch (MarketException.QuotaExceeded tooMany) {
        // Counted by not being counted.
      }
    }
    return passed;
  }
}
