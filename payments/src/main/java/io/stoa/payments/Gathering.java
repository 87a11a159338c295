package io.stoa.payments;

import io.stoa.domain.MarketException;
import io.stoa.persistence.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets what is asked at the same time be done together. Whoever finds the way free goes at once;
 * the others gather until a group before them has left. Who left together comes back together:
 * after a group of several the next waits until as many are there as were then, but no longer than
 * a moment.
 *
 * @param <I> what one asks
 * @param <O> what it is answered
 */
final class Gathering<I, O> {
  private final int largest;
  private final Duration moment;
  private final Work<I, O> work;
  private final Queue<Asked<I, O>> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore way = new Semaphore(1);

  /** One for each who joined; emptied by whoever has the way. */
  private final Semaphore joined = new Semaphore(0);

  /** How many may come back; written by whoever has the way. */
  private int expected;

  /**
   * One who asks, to be answered once.
   *
   * @param until by {@link System#nanoTime}: nobody waits any longer
   */
  record Asked<I, O>(I question, long until, CompletableFuture<O> answer) {
    private boolean isLate() {
      return System.nanoTime() - until > 0;
    }
  }

  /** What is done for a group, on a virtual thread of its own. */
  interface Work<I, O> {
    /**
     * Answers everyone. Who is left without an answer fails with what this throws.
     *
     * @param left to be called when the next group may go; otherwise it goes after this returns
     */
    void carry(List<Asked<I, O>> group, Runnable left);
  }

  /**
   * @param largest group
   * @param moment that a group waits for more at most, after one of several
   */
  Gathering(int largest, Duration moment, Work<I, O> work) {
    this.largest = largest;
    this.moment = moment;
    this.work = work;
  }

  /** Does not block. Fails if no group left with it within {@code patience}. */
  CompletableFuture<O> join(I question, Duration patience) {
    var asked =
        new Asked<I, O>(
            question, System.nanoTime() + patience.toNanos(), new CompletableFuture<>());
    waiting.add(asked);
    joined.release();
    depart();
    return asked.answer;
  }

  /** Blocks until the answer is there; empty after {@code patience}. */
  Optional<O> ask(I question, Duration patience) {
    try {
      return Optional.of(Patience.await(join(question, patience), patience));
    } catch (TimeoutException late) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private void depart() {
    if (!waiting.isEmpty() && way.tryAcquire()) {
      Thread.ofVirtual().name("gathering").start(this::go);
    }
  }

  private void go() {
    awaitCompany();
    var group = next();
    var hasLeft = new AtomicBoolean();
    Runnable left =
        () -> {
          if (hasLeft.compareAndSet(false, true)) {
            expected = comingBack(group);
            way.release();
            depart();
          }
        };
    try {
      if (!group.isEmpty()) {
        work.carry(group, left);
      }
    } catch (Throwable failure) {
      group.forEach(asked -> asked.answer.completeExceptionally(failure));
    } finally {
      left.run();
    }
  }

  /** Whoever has no answer yet will not be back soon. */
  private int comingBack(List<Asked<I, O>> group) {
    return group.size() > 1 && group.stream().allMatch(asked -> asked.answer.isDone())
        ? Math.min(largest, group.size() + waiting.size())
        : 0;
  }

  private void awaitCompany() {
    long until = System.nanoTime() + moment.toNanos();
    joined.drainPermits();
    try {
      int missing = expected - waiting.size();
      // Who joined between the two lines above was counted twice: look again.
      while (missing > 0
          && joined.tryAcquire(missing, until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        missing = expected - waiting.size();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Asked<I, O>> next() {
    var group = new ArrayList<Asked<I, O>>();
    while (group.size() < largest) {
      var asked = waiting.poll();
      if (asked == null) {
        break;
      }
      if (asked.isLate()) {
        asked.answer.completeExceptionally(
            new MarketException.Unavailable(
                "chain-unavailable", "The chain did not answer in time.", null));
      } else {
        group.add(asked);
      }
    }
    return group;
  }
}
