package io.stoa.persistence;

import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits that may take so long and no longer, give or take a tenth of a second. A timed wait of the
 * platform wakes another thread when it begins and when it ends; nearly all waits end in time, and
 * this way only the late ones cost that.
 */
public final class Patience {
  private static final HashedWheelTimer TIMER =
      new HashedWheelTimer(new DefaultThreadFactory("patience", true));

  private Patience() {}

  /**
   * What {@code future} gives.
   *
   * @param most after this it is late
   * @throws ExecutionException with what it failed with
   * @throws TimeoutException if it is late; it goes on nevertheless
   */
  public static <T> T await(CompletableFuture<T> future, Duration most)
      throws ExecutionException, TimeoutException, InterruptedException {
    var answer = future.copy();
    var alarm = TIMER.newTimeout(end -> answer.cancel(false), most.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return answer.get();
    } catch (CancellationException cancelled) {
      throw new TimeoutException();
    } finally {
      alarm.cancel();
    }
  }

  /** What {@code future} gives, or a {@link TimeoutException} after {@code most}. */
  public static <T> Future<T> within(Duration most, Future<T> future) {
    var inTime = Promise.<T>promise();
    var alarm =
        TIMER.newTimeout(
            end -> inTime.tryFail(new TimeoutException()), most.toNanos(), TimeUnit.NANOSECONDS);
    future.onComplete(
        done -> {
          alarm.cancel();
          if (done.succeeded()) {
            inTime.tryComplete(done.result());
          } else {
            inTime.tryFail(done.cause());
          }
        });
    return inTime.future();
  }
}
