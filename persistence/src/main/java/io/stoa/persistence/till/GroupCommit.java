package io.stoa.persistence.till;

import io.stoa.persistence.Blocking;
import io.stoa.persistence.Patience;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Lets calls that are made at the same time share one statement, and so one round trip and one
 * write to the disk. A call that finds the way free goes at once, with those that are about to ask;
 * the others gather until the group before them is done: two groups under way would be half as
 * large and cost twice as much. When a group cannot be sent, or the database refuses it, each of
 * its calls goes again by itself, so that one bad call fails alone; after any other failure nobody
 * knows what was done.
 *
 * @param <I> what one call asks
 * @param <O> what it is answered
 */
final class GroupCommit<I, O> {
  static final int LARGEST = 128;

  /** Far more than a statement takes: behind one that waits for a lock others need not wait. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final Function<List<I>, Future<List<O>>> statement;
  private final Queue<Call<I, O>> waiting = new ConcurrentLinkedQueue<>();

  /** Taken while a group is under way. */
  private final Semaphore way = new Semaphore(1);

  private record Call<I, O>(I asked, Promise<O> answer) {}

  /**
   * @param statement one transaction for all; answers in the order of what was asked
   */
  GroupCommit(Function<List<I>, Future<List<O>>> statement) {
    this.statement = statement;
  }

  /** Blocks until the answer is durable. */
  @SuppressWarnings("ThreadPriorityCheck") // Only the size of groups depends on it.
  O call(I asked) {
    var call = new Call<I, O>(asked, Promise.promise());
    waiting.add(call);
    if (way.availablePermits() > 0) {
      // Whoever was woken with this thread asks first, and comes along.
      Thread.yield();
    }
    depart();
    return Blocking.await(call.answer.future());
  }

  /** Sends those who wait on their way, if it is free. */
  private void depart() {
    while (!waiting.isEmpty() && way.tryAcquire()) {
      // A connection that died silently must not keep the others waiting for it.
      Patience.within(LONGEST, run(next()))
          .onComplete(
              _ -> {
                way.release();
                depart();
              });
    }
  }

  private List<Call<I, O>> next() {
    var group = new ArrayList<Call<I, O>>();
    var call = waiting.poll();
    while (call != null) {
      group.add(call);
      call = group.size() < LARGEST ? waiting.poll() : null;
    }
    return group;
  }

  /** Ends when the next group may leave, which is before the answers wake those who wait. */
  private Future<Void> run(List<Call<I, O>> group) {
    if (group.isEmpty()) {
      return Future.succeededFuture();
    }
    Future<List<O>> answers;
    try {
      answers = statement.apply(group.stream().map(Call::asked).toList());
    } catch (Throwable unsent) {
      return apart(group, unsent);
    }
    var over = Promise.<Void>promise();
    answers.onComplete(
        done -> {
          if (done.cause() instanceof PgException refusal) {
            apart(group, refusal).onComplete(over);
          } else {
            try {
              over.complete();
            } finally {
              answer(group, done);
            }
          }
        });
    return over.future();
  }

  private void answer(List<Call<I, O>> group, AsyncResult<List<O>> done) {
    for (int i = 0; i < group.size(); i++) {
      if (done.succeeded()) {
        group.get(i).answer.complete(done.result().get(i));
      } else {
        group.get(i).answer.fail(done.cause());
      }
    }
  }

  /** Of what was not sent, or was refused, nothing was done. */
  private Future<Void> apart(List<Call<I, O>> group, Throwable failure) {
    if (group.size() > 1) {
      return Future.join(group.stream().map(call -> run(List.of(call))).toList()).mapEmpty();
    }
    answer(group, Future.failedFuture(failure));
    return Future.succeededFuture();
  }
}
