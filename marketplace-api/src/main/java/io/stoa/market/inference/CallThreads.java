package io.stoa.market.inference;

import io.stoa.market.web.Capacity;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Virtual threads for what the event loop must not wait for, so many at a time. */
final class CallThreads {
  private final ExecutorService threads;
  private final Capacity capacity;

  CallThreads(String name, int most) {
    this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name).factory());
    this.capacity = new Capacity(most);
  }

  /**
   * Starts {@code work} at once. Fails, with nothing done, while as much is under way as may be.
   */
  void start(Runnable work) {
    capacity.enter();
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            capacity.leave();
          }
        });
  }
}
