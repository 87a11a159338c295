package io.stoa.persistence.mirror;

import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.persistence.Blocking;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/**
 * The right to follow one chain, held by one instance at a time: an advisory lock that ends with
 * its connection, so that a dead holder makes room at once. Blocks: call from a virtual thread.
 */
public final class IndexerSeat implements AutoCloseable {
  private static final String KEY = "hashtextextended('stoa.indexer', $1)";

  private final SqlConnection connection;
  private final ChainId chain;

  private IndexerSeat(SqlConnection connection, ChainId chain) {
    this.connection = connection;
    this.chain = chain;
  }

  /**
   * Keeps a connection of {@code pool} for as long as it is held. Empty when another instance holds
   * it.
   */
  public static Optional<IndexerSeat> take(Pool pool, ChainId chain) {
    var connection = Blocking.await(pool.getConnection());
    boolean taken = false;
    try {
      taken =
          Blocking.await(
                  connection
                      .preparedQuery("select pg_try_advisory_lock(" + KEY + ") as taken")
                      .execute(Tuple.of(chain.value())))
              .iterator()
              .next()
              .getBoolean("taken");
      return taken ? Optional.of(new IndexerSeat(connection, chain)) : Optional.empty();
    } finally {
      if (!taken) {
        Blocking.await(connection.close());
      }
    }
  }

  /** Whether it is still ours: the connection answers. */
  public boolean isHeld() {
    try {
      Blocking.await(connection.query("select 1").execute());
      return true;
    } catch (MarketException.Unavailable lost) {
      return false;
    }
  }

  /** Leaves the seat. */
  @Override
  public void close() {
    try {
      Blocking.await(
          connection
              .preparedQuery("select pg_advisory_unlock(" + KEY + ")")
              .execute(Tuple.of(chain.value())));
    } catch (MarketException.Unavailable lost) {
      // With the connection the lock is gone as well.
    }
    connection.close();
  }
}
