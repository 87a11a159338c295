package io.stoa.indexer;

import static java.lang.System.Logger.Level.INFO;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Says every few seconds how far a mirror that is far behind has come. */
final class CatchUpReport {
  private static final System.Logger LOG = System.getLogger(EventFollower.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final InstantSource clock;
  private Instant last;
  private long events;

  CatchUpReport(InstantSource clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  void advanced(long block, long of, int newEvents) {
    events += newEvents;
    var now = clock.instant();
    var passed = Duration.between(last, now);
    if (passed.compareTo(PAUSE) < 0) {
      return;
    }
    if (of - block > EventFollower.NEAR) {
      LOG.log(
          INFO,
          "mirror catches up: block={0} of={1} eventsPerSecond={2}",
          Long.toString(block),
          Long.toString(of),
          Long.toString(events * 1000 / passed.toMillis()));
    }
    last = now;
    events = 0;
  }
}
