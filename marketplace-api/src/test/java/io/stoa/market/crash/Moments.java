package io.stoa.market.crash;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what happens, and wakes whoever waits for it to happen again. */
final class Moments {
  private final Map<Moment, AtomicLong> counts = new EnumMap<>(Moment.class);

  Moments() {
    for (var moment : Moment.values()) {
      counts.put(moment, new AtomicLong());
    }
  }

  void happened(Moment moment) {
    count(moment).incrementAndGet();
    synchronized (this) {
      notifyAll();
    }
  }

  long of(Moment moment) {
    return count(moment).get();
  }

  /** Returns when {@code moment} has come so many times more, at once. */
  synchronized void await(Moment moment, int times, Duration patience) {
    long wanted = of(moment) + times;
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (of(moment) < wanted) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError(
              "the load stands still: %s came %d times of %d"
                  .formatted(moment, times - (wanted - of(moment)), times));
        }
        wait(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  private AtomicLong count(Moment moment) {
    return Objects.requireNonNull(counts.get(moment));
  }
}
