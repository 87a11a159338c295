package io.stoa.market.publishing;

import static java.lang.System.Logger.Level.INFO;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.persistence.account.Uploads;
import io.stoa.storage.BlobStore;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * Lets unpublished content go when its time is over, and stops counting what a listing names by
 * now.
 */
@Singleton
class Sweep {
  private static final System.Logger LOG = System.getLogger(Sweep.class.getName());

  private final Uploads uploads;
  private final BlobStore store;
  private final ArtifactsConfig config;
  private final Clock clock;

  Sweep(Uploads uploads, BlobStore store, ArtifactsConfig config, Clock clock) {
    this.uploads = uploads;
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  /**
   * What the indexer pinned is published: it does so once it has found a listing's documents good.
   */
  @Scheduled(
      every = "{stoa.artifacts.sweep-every}",
      delayed = "{stoa.artifacts.sweep-every}",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void run() {
    uploads.publish(uploads.unpublished().stream().filter(store::isPinned).toList());
    int gone = store.sweepUnpinned(clock.instant().minus(config.unpublishedRetention()));
    int dropped = uploads.dropExpired();
    if (gone > 0 || dropped > 0) {
      LOG.log(INFO, "swept unpublished content: contents={0} uploads={1}", gone, dropped);
    }
  }
}
