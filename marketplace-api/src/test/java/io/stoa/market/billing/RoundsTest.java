package io.stoa.market.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoundsTest {

  @Test
  void anErrorDoesNotEndTheRounds() throws InterruptedException {
    // Given
    var threeRounds = new CountDownLatch(3);
    Runnable broken =
        () -> {
          threeRounds.countDown();
          throw new StackOverflowError();
        };
    var rounds = new Rounds("broken", Duration.ofMillis(1), Map.of("broken", broken));

    // When
    rounds.start();

    // Then
    assertThat(threeRounds.await(10, TimeUnit.SECONDS)).isTrue();
    rounds.stop();
  }
}
