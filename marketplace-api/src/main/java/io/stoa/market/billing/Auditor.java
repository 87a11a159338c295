package io.stoa.market.billing;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.Role;
import io.stoa.persistence.till.Audit;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the books all the time, a little at a time, and says what it found: anybody may ask,
 * so that the answer is kept for some seconds.
 */
@Singleton
class Auditor {
  private static final int CHANNELS = 200;
  private static final int ROWS = 5_000;
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final Audit audit;
  private final Clock clock;
  private final boolean isSettler;
  private @Nullable ReconciliationView last;

  Auditor(Audit audit, NodeConfig node, Clock clock) {
    this.audit = audit;
    this.clock = clock;
    this.isSettler = node.roles().contains(Role.SETTLER);
  }

  @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void audit() {
    if (isSettler) {
      audit.round(CHANNELS, ROWS);
    }
  }

  /** Blocks: call from a virtual thread. */
  synchronized ReconciliationView view() {
    var now = clock.instant();
    var known = last;
    if (known == null || !known.at().plus(KEPT).isAfter(now)) {
      known =
          ReconciliationView.of(
              now,
              audit.undecided(),
              audit.decided(),
              audit.debts(),
              audit.findings(),
              audit.wholeSince().orElse(null));
      last = known;
    }
    return known;
  }
}
