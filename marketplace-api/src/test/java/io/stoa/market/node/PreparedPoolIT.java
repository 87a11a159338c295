package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.stoa.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparedPoolIT {
  private static final String LONG = "select 1 -- " + "x".repeat(10_000);

  private record Configured(
      Vertx vertx, PoolOptions poolOptions, List<PgConnectOptions> pgConnectOptionsList)
      implements PgPoolCreator.Input {}

  @Test
  void alsoALongStatementIsPreparedOnce() {
    // Given
    var vertx = Vertx.vertx();
    try (var database = TestDatabase.fresh()) {
      var options =
          PgConnectOptions.fromUri(database.url())
              .setUser(database.user())
              .setPassword(database.password())
              .setCachePreparedStatements(true);
      var pool =
          new PreparedPool().create(new Configured(vertx, new PoolOptions(), List.of(options)));

      // When
      var prepared =
          pool.withConnection(
              one -> run(one, LONG).compose(_ -> run(one, LONG)).compose(_ -> prepared(one)));

      // Then
      assertThat(join(prepared)).isOne();
      join(pool.close());
    } finally {
      join(vertx.close());
    }
  }

  private static Future<RowSet<Row>> run(SqlConnection connection, String statement) {
    return connection.preparedQuery(statement).execute();
  }

  private static Future<Integer> prepared(SqlConnection connection) {
    return connection
        .query("select count(*)::int from pg_prepared_statements where statement like '%xxx'")
        .execute()
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
