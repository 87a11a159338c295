package io.stoa.market.crash;

import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Where every choice of a crash test comes from: what breaks, at which moment, and what each
 * customer does. The same number makes the same choices; how the processes interleave is up to the
 * machine.
 */
record Seed(long value) {

  /** From {@code STOA_CRASH_SEED}; without it another one each time. */
  static Seed chosen() {
    var wanted = System.getenv("STOA_CRASH_SEED");
    return new Seed(wanted == null ? System.nanoTime() : Long.parseLong(wanted));
  }

  /** The choices of one participant. */
  RandomGenerator of(String participant) {
    return new Random(value * 31 + participant.hashCode());
  }
}
