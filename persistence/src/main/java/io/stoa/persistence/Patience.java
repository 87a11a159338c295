package io.stoa.persistence;

import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits of virtual threads that may take so long and no longer, give or take a tenth of a second. A
 * timed wait of the platform wakes another thread when it begins and when it ends; nearly all waits
 * end in time, and this way only the late ones cost that.
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
}
