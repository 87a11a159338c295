package io.stoa.market.facilitator;

import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets work that waits for others take so long and no longer, give or take a tenth of a second. */
final class TimeLimit {
  private final Duration limit;
  private final HashedWheelTimer timer =
      new HashedWheelTimer(new DefaultThreadFactory("time-limit", true));

  TimeLimit(Duration limit) {
    this.limit = limit;
  }

  /**
   * Begins on a virtual thread of its own, which is interrupted when it is late. Fails like {@code
   * work}, or because it took too long.
   */
  <T> CompletionStage<T> of(Supplier<? extends CompletionStage<T>> work) {
    var answer = new CompletableFuture<T>();
    var worker = Thread.ofVirtual().name("facilitator").start(() -> begin(work, answer));
    var alarm =
        timer.newTimeout(
            _ -> {
              if (answer.completeExceptionally(late())) {
                worker.interrupt();
              }
            },
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
    return answer.whenComplete((_, _) -> alarm.cancel());
  }

  private static <T> void begin(
      Supplier<? extends CompletionStage<T>> work, CompletableFuture<T> answer) {
    try {
      work.get().whenComplete((value, failure) -> end(answer, value, failure));
    } catch (Throwable failure) {
      answer.completeExceptionally(failure);
    }
  }

  private static <T> void end(CompletableFuture<T> answer, T value, @Nullable Throwable failure) {
    if (failure == null) {
      answer.complete(value);
    } else {
      answer.completeExceptionally(failure);
    }
  }

  private static MarketException late() {
    return new MarketException.Unavailable(
        "chain-unavailable", "The chain did not answer in time.", null);
  }
}
