package io.stoa.payments;

import io.stoa.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * When a database gathered its statistics. The plans of a turn are made for what is known then, and
 * kept.
 */
enum Analyzed {
  NEVER,
  WHEN_YOUNG,
  WHEN_OLD;

  /** Adds rows to the till. */
  interface Growth {
    void of(TestDatabase database, Connection connection) throws Exception;
  }

  /**
   * How many rows of the till each of {@code turns} reads in an old database, by plans that a
   * connection has kept since this. One transaction for all, which is taken back.
   */
  Map<String, Long> rowsRead(List<String> turns, Growth young, Growth old) throws Exception {
    try (var database = TestDatabase.fresh();
        var connection = database.connect()) {
      young.of(database, connection);
      if (this == WHEN_YOUNG) {
        execute(connection, "analyze");
      }
      if (this == WHEN_OLD) {
        old.of(database, connection);
        execute(connection, "analyze");
      }
      take(turns, connection);
      if (this != WHEN_OLD) {
        old.of(database, connection);
      }
      return take(turns, connection);
    }
  }

  private static Map<String, Long> take(List<String> turns, Connection connection)
      throws SQLException {
    var read = new LinkedHashMap<String, Long>();
    connection.setAutoCommit(false);
    for (var turn : turns) {
      long before = rowsRead(connection);
      execute(connection, turn);
      read.put(turn, rowsRead(connection) - before);
    }
    connection.rollback();
    connection.setAutoCommit(true);
    return read;
  }

  /** By this connection, and not reported yet. */
  private static long rowsRead(Connection connection) throws SQLException {
    try (var query =
            connection.prepareStatement(
                """
                select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables
                where schemaname = 'till'
                """);
        var row = query.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  static void execute(Connection connection, String statement) throws SQLException {
    try (var prepared = connection.prepareStatement(statement)) {
      prepared.execute();
    }
  }
}
