package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.persistence.Migrations;
import io.stoa.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationsIT {
  private static final String TABLES =
      "select schemaname || '.' || tablename from pg_tables where schemaname in ('mirror', 'till', 'account')"
          + " order by 1";

  private TestDatabase database;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void migrate() {
    Migrations.run(database.jdbcUrl(), database.user(), database.password());
  }

  private List<String> ask(String query) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var answers = new ArrayList<String>();
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
      return answers;
    }
  }

  private void execute(String statement) throws SQLException {
    try (var connection = database.connect();
        var prepared = connection.createStatement()) {
      prepared.execute(statement);
    }
  }

  @Test
  void severalInstancesMayStartAtOnce() throws Exception {
    // Given
    var tables = ask(TABLES);
    execute("drop schema mirror, till, account cascade");

    // When
    try (var instances = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> starts =
          IntStream.range(0, 4)
              .<Callable<Boolean>>mapToObj(
                  i ->
                      () -> {
                        migrate();
                        return true;
                      })
              .toList();
      for (var start : instances.invokeAll(starts)) {
        start.get();
      }
    } catch (ExecutionException failure) {
      throw new AssertionError(failure.getCause());
    }

    // Then
    assertThat(ask(TABLES)).isEqualTo(tables).contains("mirror.listing", "till.payment");
  }

  @Test
  void emptyingTheMirrorTouchesNothingElse() throws SQLException {
    // Given
    execute("insert into till.sender values ('\\x01')");
    execute("insert into mirror.chain_cursor (chain_id, registry) values (1, '\\x01')");

    // When
    Migrations.emptyMirror(database.jdbcUrl(), database.user(), database.password());

    // Then
    assertThat(ask("select count(*) from mirror.chain_cursor")).containsExactly("0");
    assertThat(ask("select count(*) from till.sender")).containsExactly("1");
  }
}
