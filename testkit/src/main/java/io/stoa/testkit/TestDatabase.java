package io.stoa.testkit;

import io.stoa.local.database.LocalDatabase;
import io.stoa.local.database.LocalDatabase.Durability;
import io.stoa.local.state.DirectoryTree;
import io.stoa.persistence.Migrations;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A migrated and empty database of one test class, on a PostgreSQL server that all tests of this
 * JVM share and that ends with it. What it commits survives a killed client, not a killed machine.
 */
public record TestDatabase(String name, String user, String password, int port)
    implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int CONNECTIONS = 8;

  /** The server. Its own database is migrated once, and everybody's is a copy of it. */
  private static final class Server {
    static final Vertx VERTX = Vertx.vertx();
    static final LocalDatabase TEMPLATE = start();

    private static LocalDatabase start() {
      var module = Path.of("").toAbsolutePath();
      try {
        var home =
            Files.createTempDirectory(Files.createDirectories(module.resolve("target")), "test-db");
        var database =
            LocalDatabase.start(
                home,
                module.resolveSibling("local").resolve("target/postgres-18.4.0"),
                Durability.MEMORY);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(home), "end of test database"));
        Migrations.run(database.jdbcUrl(), database.user(), database.password());
        return database;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private static void end(Path home) {
      try {
        LocalDatabase.stop(home);
        new DirectoryTree(home).delete();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    /** Copies are made one after the other: the template must not be in use. */
    static synchronized void copyTo(String name) {
      execute(
          TEMPLATE,
          "create database %s template %s strategy file_copy".formatted(name, TEMPLATE.name()));
    }

    static void execute(LocalDatabase database, String statement) {
      var url = "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(database.port());
      try (var connection = DriverManager.getConnection(url, database.user(), database.password());
          var prepared = connection.prepareStatement(statement)) {
        prepared.execute();
      } catch (SQLException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  /** Takes a tenth of a second, and a few seconds the first time. */
  public static TestDatabase fresh() {
    var server = Server.TEMPLATE;
    var name = "test_" + NUMBER.incrementAndGet();
    Server.copyTo(name);
    return new TestDatabase(name, server.user(), server.password(), server.port());
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, name);
  }

  /** For clients other than JDBC; without the password. */
  public String url() {
    return "postgresql://127.0.0.1:%d/%s".formatted(port, name);
  }

  /** Connections of their own, like those of another instance; to be closed by the caller. */
  public Pool pool() {
    return PgBuilder.pool()
        .with(new PoolOptions().setMaxSize(CONNECTIONS))
        .connectingTo(
            new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setDatabase(name)
                .setUser(user)
                .setPassword(password)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheSqlFilter(_ -> true))
        .using(Server.VERTX)
        .build();
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), user, password);
  }

  /** Ends every connection to it and drops it. */
  @Override
  public void close() {
    Server.execute(Server.TEMPLATE, "drop database " + name + " with (force)");
  }

  @Override
  public String toString() {
    return url() + " user " + user + " password ***";
  }
}
