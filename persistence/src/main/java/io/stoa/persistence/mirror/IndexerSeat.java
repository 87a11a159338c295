package io.stoa.persistence.mirror;

import io.stoa.domain.ChainId;
import io.stoa.persistence.Blocking;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/**
 * The right to follow one chain, held by one instance at a time: an advisory lock that ends with
 * its connection, so that a dead holder makes room at once.
 */
public final class IndexerSeat implements AutoCloseable {
  private final SqlConnection connection;

  private IndexerSeat(SqlConnection connection) {
    this.connection = connection;
  }

  /** Empty when another instance holds it. Blocks. */
  public static Optional<IndexerSeat> take(Pool pool, ChainId chain) {
    var connection = Blocking.await(pool.getConnection());
    var taken =
        Blocking.await(
            connection
                .preparedQuery(
                    "select pg_try_advisory_lock(hashtextextended('stoa.indexer', $1)) as taken")
                .execute(Tuple.of(chain.value())));
    if (taken.iterator().next().getBoolean("taken")) {
      return Optional.of(new IndexerSeat(connection));
    }
    Blocking.await(connection.close());
    return Optional.empty();
  }

  /** Whether it is still ours: the connection answers. Blocks. */
  public boolean isHeld() {
    try {
      Blocking.await(connection.query("select 1").execute());
      return true;
    } catch (RuntimeException lost) {
      return false;
    }
  }

  /** Leaves the seat. */
  @Override
  public void close() {
    Blocking.await(connection.query("select pg_advisory_unlock_all()").execute());
    Blocking.await(connection.close());
  }
}
