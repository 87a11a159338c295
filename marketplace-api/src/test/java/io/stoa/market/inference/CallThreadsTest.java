package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CallThreadsTest {
  private final CallThreads threads = new CallThreads("test", 2);
  private final CountDownLatch end = new CountDownLatch(1);

  @Test
  void noMoreIsStartedThanMayBeUnderWay() {
    // Given
    threads.start(this::work);
    threads.start(this::work);

    // Then
    assertThatExceptionOfType(MarketException.Unavailable.class)
        .isThrownBy(() -> threads.start(this::work))
        .satisfies(busy -> assertThat(busy.code()).isEqualTo("node-busy"));
  }

  @Test
  void whatEndsMakesRoomAlsoIfItFails() {
    // Given
    threads.start(this::work);
    threads.start(
        () -> {
          work();
          throw new IllegalStateException("expected by this test");
        });

    // When
    end.countDown();

    // Then
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptionsInstanceOf(MarketException.Unavailable.class)
        .until(
            () -> {
              var both = new CountDownLatch(2);
              threads.start(both::countDown);
              threads.start(both::countDown);
              both.await();
              return true;
            });
  }

  private void work() {
    try {
      end.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
