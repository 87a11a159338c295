package io.stoa.market.facilitator;

import io.stoa.domain.MarketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Bounds what each client asks (generic cell rate algorithm), with a burst of two seconds' worth.
 * Takes the same memory for any number of clients: those that fall on one cell share its rate, and
 * nobody outside can tell who does.
 */
final class Rates {
  private static final int CELLS = 1 << 16;
  private static final long BURST_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** When each cell will have recovered from all it was asked, in nanoseconds since the start. */
  private final AtomicLongArray recovered = new AtomicLongArray(CELLS);

  private final int seed = new SecureRandom().nextInt();
  private final LongSupplier nanos;
  private final long start;

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Rates(LongSupplier nanos) {
    this.nanos = nanos;
    this.start = nanos.getAsLong();
  }

  /** Counts one request; fails when it is too many. */
  void count(Client client, int perSecond) {
    long cost = SECOND / perSecond;
    long now = nanos.getAsLong() - start;
    int cell = cell(client.name());
    while (true) {
      long before = recovered.get(cell);
      long after = Math.max(before, now) + cost;
      if (after - now > BURST_NANOS) {
        throw new MarketException.QuotaExceeded(
            "too-many-requests",
            "This is more than %d requests a second.".formatted(perSecond),
            Duration.ofSeconds(1));
      }
      if (recovered.compareAndSet(cell, before, after)) {
        return;
      }
    }
  }

  private int cell(String name) {
    int hash = seed;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x9E3779B1;
      hash ^= hash >>> 15;
    }
    return hash & (CELLS - 1);
  }
}
