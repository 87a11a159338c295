package io.stoa.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Remembers the nonces of genuine signatures for as long as such a signature could be replayed. */
final class SeenNonces {
  private final Duration memory;
  private final InstantSource clock;
  private final Map<String, Instant> seen = new HashMap<>();
  private Instant nextSweep = Instant.MIN;

  SeenNonces(Duration memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** Whether this is the first call with {@code nonce}. */
  synchronized boolean isNew(String nonce) {
    var now = clock.instant();
    if (now.isAfter(nextSweep)) {
      seen.values().removeIf(at -> at.plus(memory).isBefore(now));
      nextSweep = now.plus(memory.dividedBy(4));
    }
    return seen.putIfAbsent(nonce, now) == null;
  }
}
