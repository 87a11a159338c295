package io.stoa.payments;

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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets what is asked at the same time be done together. Whoever finds the way free goes at once;
 * the others gather until a group before them has left.
 *
 * @param <I> what one asks
 * @param <O> what it is answered
 */
final class Gathering<I, O> {
  private final int largest;
  private final Work<I, O> work;
  private final Queue<Asked<I, O>> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore way = new Semaphore(1);

  /** One who asks, to be answered once. */
  record Asked<I, O>(I question, CompletableFuture<O> answer) {}

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
   */
  Gathering(int largest, Work<I, O> work) {
    this.largest = largest;
    this.work = work;
  }

  /** Does not block. */
  CompletableFuture<O> ask(I question) {
    var asked = new Asked<I, O>(question, new CompletableFuture<>());
    waiting.add(asked);
    depart();
    return asked.answer;
  }

  /** Blocks until the answer is there; empty after {@code patience}. */
  Optional<O> ask(I question, Duration patience) {
    try {
      return Optional.of(Patience.await(ask(question), patience));
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
    var group = next();
    var hasLeft = new AtomicBoolean();
    Runnable left =
        () -> {
          if (hasLeft.compareAndSet(false, true)) {
            way.release();
            depart();
          }
        };
    try {
      if (!group.isEmpty()) {
        work.carry(group, left);
      }
    } catch (RuntimeException failure) {
      group.forEach(asked -> asked.answer.completeExceptionally(failure));
    } finally {
      left.run();
    }
  }

  private List<Asked<I, O>> next() {
    var group = new ArrayList<Asked<I, O>>();
    while (group.size() < largest) {
      var asked = waiting.poll();
      if (asked == null) {
        break;
      }
      group.add(asked);
    }
    return group;
  }
}
