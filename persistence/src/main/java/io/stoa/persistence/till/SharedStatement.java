package io.stoa.persistence.till;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A statement that changes one payment, run for several at once: one after the other, in one round
 * trip and one transaction. All groups go the same way, so that two of them can block each other
 * only over a payment that both decide; the database then refuses one of them.
 */
final class SharedStatement {
  private final Pool pool;
  private final String statement;
  private final GroupCommit<Turn, RowSet<Row>> groups = new GroupCommit<>(this::runAll);

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Turn(byte[] place, Tuple parameters) {}

  SharedStatement(Pool pool, String statement) {
    this.pool = pool;
    this.statement = statement;
  }

  /**
   * Blocks until it is durable.
   *
   * @param place in the order of what is locked, compared as unsigned bytes
   */
  RowSet<Row> run(byte[] place, @Nullable Object... parameters) {
    return groups.call(new Turn(place, Tuple.from(parameters)));
  }

  private Future<List<RowSet<Row>>> runAll(List<Turn> asked) {
    var order =
        IntStream.range(0, asked.size())
            .boxed()
            .sorted(Comparator.comparing(i -> asked.get(i).place(), Arrays::compareUnsigned))
            .toList();
    return pool.preparedQuery(statement)
        .executeBatch(order.stream().map(i -> asked.get(i).parameters()).toList())
        .map(
            first -> {
              var answers = new RowSet<?>[asked.size()];
              var answer = first;
              for (int place : order) {
                answers[place] = answer;
                answer = answer.next();
              }
              return inOrder(answers);
            });
  }

  @SuppressWarnings("unchecked")
  private static List<RowSet<Row>> inOrder(RowSet<?>[] answers) {
    return List.of((RowSet<Row>[]) answers);
  }
}
