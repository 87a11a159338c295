package io.stoa.indexer;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.ChainId;
import io.stoa.indexer.document.DocumentFetcher;
import io.stoa.persistence.mirror.IndexerSeat;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the mirror up to date while it holds the seat of its chain; stands by while another
 * instance holds it. One virtual thread, from {@link #start} to {@link #close}. Nothing stops it
 * but {@link #close}: what fails is tried again.
 */
public final class Indexer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Indexer.class.getName());
  private static final Duration STAND_BY = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final long SEAT_CHECK_NANOS = Duration.ofSeconds(2).toNanos();

  private final EventFollower follower;
  private final DocumentFetcher documents;
  private final Pool pool;
  private final ChainId chain;
  private final Duration poll;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean isActive;
  private volatile Optional<String> lastFailure = Optional.empty();

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

  /** Whether this instance is the one at work, or stands by. */
  public boolean isActive() {
    return isActive;
  }

  /** What keeps it from going on; empty when nothing does. */
  public Optional<String> lastFailure() {
    return lastFailure;
  }

  private void run() {
    while (!isStopped(Duration.ZERO)) {
      try {
        var seat = IndexerSeat.take(pool, chain);
        if (seat.isPresent()) {
          work(seat.get());
        }
      } catch (RuntimeException failure) {
        failed(failure);
      }
      isStopped(STAND_BY);
    }
  }

  private void work(IndexerSeat seat) {
    try (seat) {
      LOG.log(INFO, "indexer at work: chain={0}", chain);
      isActive = true;
      begin();
      follow(seat);
    } finally {
      isActive = false;
    }
  }

  private void begin() {
    while (!isStopped(Duration.ZERO)) {
      try {
        follower.begin();
        return;
      } catch (RpcException failure) {
        failed(failure);
        isStopped(AFTER_FAILURE);
      }
    }
  }

  private void follow(IndexerSeat seat) {
    long checked = System.nanoTime();
    for (var pause = Duration.ZERO; !isStopped(pause); pause = go()) {
      if (System.nanoTime() - checked > SEAT_CHECK_NANOS) {
        if (!seat.isHeld()) {
          LOG.log(WARNING, "indexer lost its seat: chain={0}", chain);
          return;
        }
        checked = System.nanoTime();
      }
    }
  }

  /** Returns how long to wait before the next time. */
  private Duration go() {
    Duration pause;
    try {
      pause = follower.step() ? Duration.ZERO : poll;
      lastFailure = Optional.empty();
    } catch (RpcException failure) {
      failed(failure);
      pause = AFTER_FAILURE;
    }
    return documents.run() > 0 ? Duration.ZERO : pause;
  }

  private void failed(RuntimeException failure) {
    var message = Optional.of(String.valueOf(failure.getMessage()));
    if (!message.equals(lastFailure)) {
      LOG.log(WARNING, "indexer cannot go on, will try again", failure);
    }
    lastFailure = message;
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
