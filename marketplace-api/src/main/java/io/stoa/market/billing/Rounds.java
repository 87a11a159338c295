package io.stoa.market.billing;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The same work again and again, on one virtual thread. What fails, by an error even, is logged and
 * tried again in the next round: the thread ends with the node and not before.
 */
final class Rounds {
  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

  private final String name;
  private final Duration pause;
  private final Map<String, Runnable> work;
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * @param work by what a log calls it
   */
  Rounds(String name, Duration pause, Map<String, Runnable> work) {
    this.name = name;
    this.pause = pause;
    this.work = Map.copyOf(work);
  }

  void start() {
    Thread.ofVirtual().name(name).start(this::run);
  }

  /** No round begins after this. */
  void stop() {
    stop.countDown();
  }

  private void run() {
    do {
      work.forEach(Rounds::attempt);
    } while (!isStopped());
  }

  private static void attempt(String what, Runnable work) {
    try {
      work.run();
    } catch (Throwable failure) {
      LOG.log(WARNING, "interrupted, will go on: " + what, failure);
    }
  }

  private boolean isStopped() {
    try {
      return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
