package io.stoa.market.billing;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.MarketException;
import io.stoa.persistence.till.Presence;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Lets the instances on one database know of each other, from start to stop. */
@Singleton
class Announcement {
  private static final System.Logger LOG = System.getLogger(Announcement.class.getName());

  private final Presence presence;

  Announcement(Presence presence, MeterRegistry metrics) {
    this.presence = presence;
    Gauge.builder("stoa.instance.alone", presence, known -> known.isAlone() ? 1 : 0)
        .description("Whether no other instance is there, so that a call is written once")
        .register(metrics);
  }

  /** Before the first request: who believed to be alone must learn of it soon. */
  void start(@Observes StartupEvent start) {
    announce();
  }

  @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void announce() {
    try {
      presence.announce();
    } catch (MarketException unavailable) {
      LOG.log(WARNING, "other instances are not known: {0}", unavailable.getMessage());
    }
  }

  void stop(@Observes ShutdownEvent stop) {
    try {
      presence.leave();
    } catch (MarketException unavailable) {
      LOG.log(WARNING, "the others will miss this instance for a while", unavailable);
    }
  }
}
