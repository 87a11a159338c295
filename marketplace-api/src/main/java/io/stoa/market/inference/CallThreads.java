package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Virtual threads for what the event loop must not wait for, so many at a time: each holds on to a
 * request and its body for as long as it takes.
 */
final class CallThreads {
  private final ExecutorService threads;
  private final Semaphore free;

  CallThreads(String name, int most) {
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    this.free = new Semaphore(most);
  }

  /**
   * Starts {@code work} at once. Fails, with nothing done, while as much is under way as may be.
   */
  void start(Runnable work) {
    if (!free.tryAcquire()) {
      throw new MarketException.Unavailable(
          "node-busy",
          "This node has its hands full: send the same request later. Nothing was charged.",
          null);
    }
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            free.release();
          }
        });
  }
}
