package io.stoa.payments;

import java.time.Duration;
import java.time.Instant;

/** How long to leave alone what is undecided. */
final class Pause {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Pause() {}

  /** A quarter of its age: soon at first, once a minute in the end. */
  static Duration after(Instant since, Instant now) {
    var quarter = Duration.between(since, now).dividedBy(4);
    if (quarter.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return quarter.compareTo(LONGEST) > 0 ? LONGEST : quarter;
  }
}
