package io.stoa.persistence.till;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.MarketException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final LinkedBlockingQueue<Statement> statements = new LinkedBlockingQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private final Lane lane = new Lane();
  private final GroupCommit<Integer, String> reservations =
      new GroupCommit<>(lane, asked -> start("reserve", asked));
  private final GroupCommit<Integer, String> charges =
      new GroupCommit<>(lane, asked -> start("charge", asked));

  /** One under way. */
  private record Statement(String kind, List<Integer> asked, Promise<List<String>> answer) {
    void succeed() {
      answer.complete(asked.stream().map(each -> kind + " " + each).toList());
    }
  }

  private Future<List<String>> start(String kind, List<Integer> asked) {
    var statement = new Statement(kind, asked, Promise.promise());
    statements.add(statement);
    return statement.answer.future();
  }

  @Test
  void oneGroupIsUnderWayWhateverItsKind() throws Exception {
    // Given
    var _ = call(reservations, 1);
    var underWay = next();

    // When
    var waiting = call(charges, 2);

    // Then
    assertThat(statements).isEmpty();
    underWay.succeed();
    next().succeed();
    assertThat(waiting.join()).isEqualTo("charge 2");
  }

  @Test
  void kindsTakeTurns() throws Exception {
    // Given
    var _ = call(reservations, 1);
    var underWay = next();
    var _ = call(reservations, 2);
    var _ = call(reservations, 3);
    var _ = call(charges, 4);

    // When
    underWay.succeed();
    var second = next();
    var _ = call(charges, 5);
    second.succeed();
    var third = next();
    third.succeed();
    var fourth = next();
    fourth.succeed();

    // Then
    assertThat(second.kind + second.asked).isEqualTo("charge[4]");
    assertThat(third.kind).isEqualTo("reserve");
    assertThat(third.asked).containsExactlyInAnyOrder(2, 3);
    assertThat(fourth.kind + fourth.asked).isEqualTo("charge[5]");
  }

  @Test
  void whoIsRefusedLetsTheNextGo() throws Exception {
    // Given
    var refused = call(reservations, 1);
    var underWay = next();
    var waiting = call(charges, 2);

    // When
    underWay.answer.fail(new IllegalStateException("no such type"));
    next().succeed();

    // Then
    assertThatThrownBy(refused::join).hasCauseInstanceOf(MarketException.Unavailable.class);
    assertThat(waiting.join()).isEqualTo("charge 2");
  }

  @Test
  void whoGetsNoAnswerDoesNotKeepTheOthersForLong() throws Exception {
    // Given
    var stuck = call(reservations, 1);
    var silent = next();
    var waiting = call(charges, 2);

    // When
    next().succeed();

    // Then
    assertThat(waiting.join()).isEqualTo("charge 2");
    assertThat(stuck).isNotDone();
    silent.succeed();
    assertThat(stuck.join()).isEqualTo("reserve 1");
  }

  @Test
  void aKindNobodyAsksForIsPassedOver() throws Exception {
    for (int i = 0; i < 3; i++) {
      // When
      var call = call(charges, i);
      next().succeed();

      // Then
      assertThat(call.join()).isEqualTo("charge " + i);
    }
  }

  /** Starts a call, and waits until it is under way or waits. */
  private CompletableFuture<String> call(GroupCommit<Integer, String> kind, int asked) {
    var answer =
        CompletableFuture.supplyAsync(
            () -> kind.call(asked), caller -> callers.add(Thread.ofVirtual().start(caller)));
    while (callers.getLast().getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return answer;
  }

  private Statement next() throws InterruptedException {
    var statement = statements.poll(5, TimeUnit.SECONDS);
    if (statement == null) {
      throw new AssertionError("no statement within 5 seconds");
    }
    return statement;
  }
}
