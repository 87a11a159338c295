package io.stoa.local.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.local.database.LocalDatabase.Durability;
import io.stoa.local.process.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDatabaseIT {
  private static final Path BINARIES = Path.of("target", "postgres-18.4.0").toAbsolutePath();

  @TempDir static Path home;
  private static LocalDatabase database;

  @BeforeAll
  static void start() {
    database = LocalDatabase.start(home, BINARIES);
  }

  @AfterAll
  static void stop() {
    LocalDatabase.stop(home);
  }

  @Test
  void writesToTheDiskBeforeItSaysCommitted() throws Exception {
    assertThat(show("fsync")).isEqualTo("on");
    assertThat(show("synchronous_commit")).isEqualTo("on");
    assertThat(show("full_page_writes")).isEqualTo("on");
  }

  @Test
  void listensOnThisMachineOnlyAndAsksForAPassword() throws Exception {
    assertThat(show("listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(show("unix_socket_directories")).isEmpty();
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("password"))))
        .isEqualTo("rw-------");
    assertThat(database.toString()).doesNotContain(database.password());
  }

  @Test
  void oneThatOnlyTestsMayRunIsNotTakenForAnother(@TempDir Path other) {
    LocalDatabase.start(other, BINARIES, Durability.MEMORY);
    try {
      assertThatThrownBy(() -> LocalDatabase.start(other, BINARIES))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("money could be lost");
    } finally {
      LocalDatabase.stop(other);
    }
  }

  @Test
  void isTakenOverWhileItRuns() {
    // Given
    var before = LocalDatabase.find(home).orElseThrow().pid();

    // When
    var again = LocalDatabase.start(home, BINARIES);

    // Then
    assertThat(again).isEqualTo(database);
    assertThat(LocalDatabase.find(home)).map(server -> server.pid()).contains(before);
  }

  @Test
  void keepsWhatWasCommittedWhenItIsKilled() throws Exception {
    // Given
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute("create table kept (value int)");
      statement.execute("insert into kept values (42)");
    }
    var server = LocalDatabase.find(home).orElseThrow();

    // When
    server.process().destroyForcibly();
    server.awaitEnd(Duration.ofSeconds(10));
    database = LocalDatabase.start(home, BINARIES);

    // Then
    try (var connection = connect();
        var statement = connection.createStatement();
        var answer = statement.executeQuery("select value from kept")) {
      assertThat(answer.next()).isTrue();
      assertThat(answer.getInt(1)).isEqualTo(42);
    }
  }

  private static String show(String setting) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var answer = statement.executeQuery("show " + setting)) {
      answer.next();
      return answer.getString(1);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }
}
