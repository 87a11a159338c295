package io.stoa.persistence.till;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.MarketException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final LinkedBlockingQueue<Statement> statements = new LinkedBlockingQueue<>();
  private final GroupCommit<Integer, String> commit = new GroupCommit<>(this::start);
  private final List<Thread> callers = new ArrayList<>();
  private volatile int spoiler = -2;

  /** A statement under way. */
  private record Statement(List<Integer> asked, Promise<List<String>> answer) {
    void succeed() {
      answer.complete(asked.stream().map(each -> "answer to " + each).toList());
    }
  }

  private Future<List<String>> start(List<Integer> asked) {
    if (asked.contains(spoiler)) {
      throw new IllegalArgumentException("not a parameter: " + spoiler);
    }
    var statement = new Statement(asked, Promise.promise());
    statements.add(statement);
    return statement.answer.future();
  }

  @Test
  void aCallThatFindsTheWayFreeGoesAtOnce() throws Exception {
    // When
    var first = call(1);
    var one = next();
    one.succeed();
    first.join();
    var second = call(2);
    var other = next();
    other.succeed();

    // Then
    assertThat(one.asked).containsExactly(1);
    assertThat(other.asked).containsExactly(2);
    assertThat(first.join()).isEqualTo("answer to 1");
    assertThat(second.join()).isEqualTo("answer to 2");
  }

  @Test
  void callsGatherWhileAGroupIsUnderWay() throws Exception {
    // Given
    var underWay = takeTheWay();
    var calls = gather(10);

    // When
    underWay.succeed();

    // Then
    var group = next();
    assertThat(group.asked).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    group.succeed();
    assertThat(calls)
        .extracting(CompletableFuture::join)
        .containsExactlyElementsOf(
            IntStream.range(0, 10).mapToObj(each -> "answer to " + each).toList());
  }

  @Test
  void aGroupIsNoLargerThanItsLimit() throws Exception {
    // Given
    var underWay = takeTheWay();
    gather(GroupCommit.LARGEST + 1);

    // When
    underWay.succeed();

    // Then
    var full = next();
    assertThat(full.asked).hasSize(GroupCommit.LARGEST);
    full.succeed();
    assertThat(next().asked).hasSize(1);
  }

  @Test
  void whenAGroupIsRefusedEachOfItsCallsGoesByItself() throws Exception {
    // Given
    var underWay = takeTheWay();
    var calls = gather(3);
    underWay.succeed();

    // When
    next().answer.fail(new PgException("not text", "ERROR", "22021", null));
    for (int i = 0; i < 3; i++) {
      var alone = next();
      if (alone.asked.equals(List.of(1))) {
        alone.answer.fail(new PgException("not text", "ERROR", "22021", null));
      } else {
        alone.succeed();
      }
    }

    // Then
    assertThat(calls.get(0).join()).isEqualTo("answer to 0");
    assertThatThrownBy(calls.get(1)::join).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(calls.get(2).join()).isEqualTo("answer to 2");
    assertThat(theWayIsFree()).isTrue();
  }

  @Test
  void aGroupOfWhichNobodyKnowsWhatBecameIsNotRepeated() throws Exception {
    // Given
    var underWay = takeTheWay();
    var calls = gather(3);
    underWay.succeed();

    // When
    next().answer.fail(new IOException("connection lost"));

    // Then
    for (var call : calls) {
      assertThatThrownBy(call::join).hasCauseInstanceOf(MarketException.Unavailable.class);
    }
    assertThat(statements).isEmpty();
    assertThat(theWayIsFree()).isTrue();
  }

  @Test
  void whenAGroupCannotBeSentTheOneThatSpoilsItFailsAlone() throws Exception {
    // Given
    spoiler = 1;
    var underWay = takeTheWay();
    var calls = gather(3);

    // When
    underWay.succeed();
    next().succeed();
    next().succeed();

    // Then
    assertThat(calls.get(0).join()).isEqualTo("answer to 0");
    assertThatThrownBy(calls.get(1)::join).hasCauseInstanceOf(MarketException.Unavailable.class);
    assertThat(calls.get(2).join()).isEqualTo("answer to 2");
    assertThat(theWayIsFree()).isTrue();
  }

  @Test
  void aGroupWithoutAnAnswerDoesNotKeepTheOthersForLong() throws Exception {
    // Given
    var stuck = call(1);
    var silent = next();
    var waiting = call(2);

    // When
    next().succeed();

    // Then
    assertThat(waiting.join()).isEqualTo("answer to 2");
    assertThat(stuck).isNotDone();
    silent.succeed();
    assertThat(stuck.join()).isEqualTo("answer to 1");
  }

  @Test
  void aStatementThatCannotEvenBeSentLeavesTheWayFree() {
    // Given
    var unable =
        new GroupCommit<Integer, String>(
            _ -> {
              throw new StackOverflowError();
            });

    // Then
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> unable.call(1)).isInstanceOf(MarketException.Unavailable.class);
    }
  }

  private Statement takeTheWay() throws InterruptedException {
    var _ = call(-1);
    return next();
  }

  /** Calls that wait for the way. */
  private List<CompletableFuture<String>> gather(int number) {
    var calls = IntStream.range(0, number).mapToObj(this::call).toList();
    for (var caller : callers.subList(callers.size() - number, callers.size())) {
      while (caller.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    return calls;
  }

  private boolean theWayIsFree() throws InterruptedException {
    takeTheWay().succeed();
    return statements.isEmpty();
  }

  private CompletableFuture<String> call(int asked) {
    return CompletableFuture.supplyAsync(
        () -> commit.call(asked), caller -> callers.add(Thread.ofVirtual().start(caller)));
  }

  private Statement next() throws InterruptedException {
    var statement = statements.poll(5, TimeUnit.SECONDS);
    if (statement == null) {
      throw new AssertionError("no statement within 5 seconds");
    }
    return statement;
  }
}
