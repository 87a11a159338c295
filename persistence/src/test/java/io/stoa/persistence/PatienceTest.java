package io.stoa.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void whatIsInTimeIsGivenAsItIs() {
    // When
    var answered = Patience.within(LONG, Future.succeededFuture("answer"));
    var failed = Patience.within(LONG, Future.failedFuture(new IOException("lost")));

    // Then
    assertThat(answered.result()).isEqualTo("answer");
    assertThat(failed.cause()).hasMessage("lost");
  }

  @Test
  void whatIsLateFailsAndItsAnswerIsForNobody() {
    // Given
    var slow = Promise.<String>promise();
    var inTime = Patience.within(SHORT, slow.future()).toCompletionStage().toCompletableFuture();

    // When
    assertThatThrownBy(() -> inTime.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
    slow.complete("answer");

    // Then
    assertThat(inTime).isCompletedExceptionally();
  }

  @Test
  void aThreadWaitsNoLongerThanItHasPatience() {
    // Given
    var never = Promise.<String>promise().future().toCompletionStage().toCompletableFuture();

    // Then
    assertThatThrownBy(() -> Patience.await(never, SHORT)).isInstanceOf(TimeoutException.class);
  }
}
