package io.stoa.market.facilitator;

import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets work that waits for others take so long and no longer. */
final class TimeLimit {
  private final Duration limit;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("facilitator-", 0).factory());

  TimeLimit(Duration limit) {
    this.limit = limit;
  }

  /** Fails like {@code work}, or when it took too long: then it is interrupted. */
  <T> T of(Callable<T> work) {
    var running = threads.submit(work);
    try {
      return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(failure.getCause());
    } catch (TimeoutException late) {
      running.cancel(true);
      throw unavailable(late);
    } catch (InterruptedException interrupted) {
      running.cancel(true);
      Thread.currentThread().interrupt();
      throw unavailable(interrupted);
    }
  }

  private static MarketException unavailable(Exception cause) {
    return new MarketException.Unavailable(
        "chain-unavailable", "The chain did not answer in time.", cause);
  }
}
