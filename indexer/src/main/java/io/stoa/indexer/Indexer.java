package io.stoa.indexer;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.ChainId;
import io.stoa.indexer.document.DocumentFetcher;
import io.stoa.persistence.mirror.IndexerSeat;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the mirror up to date while it holds the seat of its chain; stands by while another
 * instance holds it. One virtual thread, from {@link #start} to {@link #close}.
 */
public final class Indexer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Indexer.class.getName());
  private static final Duration STAND_BY = Duration.ofSeconds(1);
  private static final long SEAT_CHECK_NANOS = Duration.ofSeconds(2).toNanos();

  private final EventFollower follower;
  private final DocumentFetcher documents;
  private final Pool pool;
  private final ChainId chain;
  private final Duration poll;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * @param poll pause between two looks at the chain's head
   */
  public Indexer(
      EventFollower follower, DocumentFetcher documents, Pool pool, ChainId chain, Duration poll) {
    this.follower = follower;
    this.documents = documents;
    this.pool = pool;
    this.chain = chain;
    this.poll = poll;
    this.thread = Thread.ofVirtual().name("indexer-" + chain.value()).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  public EventFollower follower() {
    return follower;
  }

  private void run() {
    while (!isStopped(Duration.ZERO)) {
      try {
        var seat = IndexerSeat.take(pool, chain);
        if (seat.isEmpty()) {
          isStopped(STAND_BY);
          continue;
        }
        try (var held = seat.get()) {
          LOG.log(INFO, "indexer took its seat: chain={0}", chain);
          follow(held);
        }
      } catch (RuntimeException failure) {
        LOG.log(WARNING, "indexer interrupted, will go on", failure);
        isStopped(STAND_BY);
      }
    }
  }

  private void follow(IndexerSeat seat) {
    long checked = System.nanoTime();
    while (true) {
      boolean moved = follower.step();
      int decided = documents.run();
      if (isStopped(moved || decided > 0 ? Duration.ZERO : poll)) {
        return;
      }
      if (System.nanoTime() - checked > SEAT_CHECK_NANOS) {
        if (!seat.isHeld()) {
          LOG.log(WARNING, "indexer lost its seat: chain={0}", chain);
          return;
        }
        checked = System.nanoTime();
      }
    }
  }

  private boolean isStopped(Duration within) {
    try {
      return stop.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Returns when the last stretch is written. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
