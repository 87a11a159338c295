package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentId;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  private static final PaymentId PAYMENT = new PaymentId(Bytes32.ZERO);

  private final Outcomes outcomes = new Outcomes();

  @Test
  void whoeverWaitsLooksAgainAfterAMomentThoughNobodyAnnouncesAnything() {
    // When
    var awake = waiters(3);

    // Then
    await().until(() -> awake.get() == 3);
  }

  @Test
  void anAnnouncementThatNobodyWaitsForIsForgotten() {
    // When
    outcomes.announce(PAYMENT);

    // Then
    var awake = waiters(1);
    await().until(() -> awake.get() == 1);
  }

  @Test
  void aWaiterThatIsInterruptedStopsAndStaysInterrupted() {
    // Given
    Thread.currentThread().interrupt();

    // When
    assertThatThrownBy(() -> outcomes.await(PAYMENT)).isInstanceOf(IllegalStateException.class);

    // Then
    assertThat(Thread.interrupted()).isTrue();
  }

  private AtomicInteger waiters(int count) {
    var awake = new AtomicInteger();
    IntStream.range(0, count)
        .forEach(
            i ->
                Thread.ofVirtual()
                    .start(
                        () -> {
                          outcomes.await(PAYMENT);
                          awake.incrementAndGet();
                        }));
    return awake;
  }
}
