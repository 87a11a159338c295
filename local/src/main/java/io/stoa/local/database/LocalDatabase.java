package io.stoa.local.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.local.process.Daemon;
import io.stoa.local.process.Ports;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL server that belongs to one directory, listens on 127.0.0.1 only, writes what it
 * commits to the disk before it says so unless told otherwise, and outlives the program that
 * started it.
 *
 * @param user owns the database and may do everything on this server
 */
public record LocalDatabase(int port, String name, String user, String password, Path home) {
  private static final String NAME = "stoa";
  private static final String USER = "stoa";

  /** What a commit survives. */
  public enum Durability {
    /** A machine that stops. */
    DISK("on"),
    /** A process that is killed, which is enough for most tests and much quicker. */
    MEMORY("off");

    private final String written;

    Durability(String written) {
      this.written = written;
    }
  }

  /**
   * Starts the server on the data in {@code home}, making a new one if there is none; takes over
   * the one that already runs. Takes about half a second, three the first time.
   *
   * @param binaries where its programs are unpacked; may be shared
   * @throws StartFailure when it cannot run
   */
  public static LocalDatabase start(Path home, Path binaries) {
    return start(home, binaries, Durability.DISK);
  }

  /**
   * @throws StartFailure also when one runs that is less durable
   */
  public static LocalDatabase start(Path home, Path binaries, Durability durability) {
    var programs = PostgresBinaries.unpackedIn(binaries);
    var data = home.resolve("data");
    try {
      if (!Files.isDirectory(data)) {
        initialise(programs, home, durability);
      }
      var running = find(home);
      int port = running.isPresent() ? recordedPort(data) : startServer(programs, home, durability);
      var database =
          new LocalDatabase(port, NAME, USER, Files.readString(home.resolve("password")), home);
      database.prepare(durability);
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server of {@code home}, if it runs. */
  public static Optional<Daemon> find(Path home) {
    var recorded = home.resolve("data").resolve("postmaster.pid");
    try {
      if (!Files.exists(recorded)) {
        return Optional.empty();
      }
      long pid = Long.parseLong(Files.readAllLines(recorded).getFirst().strip());
      return Daemon.find("the database", home.resolve("data").toString(), pid);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends every connection, writes everything down, stops. */
  public static void stop(Path home) {
    find(home)
        .ifPresent(
            server -> {
              signalFastShutdown(server);
              server.awaitEnd(Duration.ofMinutes(1));
            });
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, name);
  }

  /** The form that clients other than JDBC take; without the password. */
  public String url() {
    return "postgresql://127.0.0.1:%d/%s".formatted(port, name);
  }

  /** For programs that take everything in one URL. */
  public String urlWithPassword() {
    return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(user, password, port, name);
  }

  @Override
  public String toString() {
    return url() + " user " + user + " password ***";
  }

  private static void initialise(PostgresBinaries programs, Path home, Durability durability)
      throws IOException {
    Files.createDirectories(home);
    var password = home.resolve("password");
    Files.deleteIfExists(password);
    Files.createFile(
        password,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    var secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    Files.writeString(password, HexFormat.of().formatHex(secret));
    var fresh = home.resolve("initialising");
    new DirectoryTree(fresh).delete();
    run(
        home,
        Stream.concat(
                programs.command("initdb"),
                Stream.of(
                    "--pgdata=" + fresh,
                    durability == Durability.DISK ? "--sync-method=fsync" : "--no-sync",
                    "--username=" + USER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--locale=C.UTF-8"))
            .toList());
    Files.move(fresh, home.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static int startServer(PostgresBinaries programs, Path home, Durability durability)
      throws IOException {
    int port = port(home);
    run(
        home,
        Stream.concat(
                programs.command("pg_ctl"),
                Stream.of(
                    "start",
                    "--wait",
                    "--timeout=60",
                    "--pgdata=" + home.resolve("data"),
                    "--log=" + home.resolve("server.log"),
                    "--options=" + String.join(" ", options(port, durability))))
            .toList());
    return port;
  }

  private static List<String> options(int port, Durability durability) {
    return List.of(
        "-p " + port,
        "-h 127.0.0.1",
        "-c unix_socket_directories=",
        "-c fsync=" + durability.written,
        "-c synchronous_commit=" + durability.written,
        "-c full_page_writes=" + durability.written,
        "-c max_connections=100",
        // Its log goes into files that a checkpoint frees: to make a new one stops every commit.
        "-c checkpoint_timeout=1min",
        "-c min_wal_size=512MB",
        "-c timezone=UTC");
  }

  /** The port of the last time, if it is still free. */
  private static int port(Path home) throws IOException {
    var remembered = home.resolve("port");
    if (Files.exists(remembered)) {
      int port = Integer.parseInt(Files.readString(remembered).strip());
      if (Ports.isFree(port)) {
        return port;
      }
    }
    int port = Ports.choose();
    Files.writeString(remembered, port + "\n");
    return port;
  }

  private static int recordedPort(Path data) throws IOException {
    return Integer.parseInt(Files.readAllLines(data.resolve("postmaster.pid")).get(3).strip());
  }

  private void prepare(Durability durability) {
    try (var connection = connect("postgres")) {
      try (var exists =
          connection.prepareStatement("select 1 from pg_database where datname = ?")) {
        exists.setString(1, name);
        if (!exists.executeQuery().next()) {
          try (var create = connection.createStatement()) {
            create.execute("create database " + name);
          }
        }
      }
      if (durability == Durability.DISK) {
        requireOn(connection, "fsync");
        requireOn(connection, "synchronous_commit");
      }
    } catch (SQLException e) {
      throw new StartFailure("The database does not take connections: " + e.getMessage(), e);
    }
  }

  private Connection connect(String databaseName) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, databaseName), user, password);
  }

  private static void requireOn(Connection connection, String setting) throws SQLException {
    try (var statement = connection.createStatement();
        var answer = statement.executeQuery("show " + setting)) {
      answer.next();
      if (!answer.getString(1).equals("on")) {
        throw new StartFailure(
            "The database runs with %s=%s: money could be lost."
                .formatted(setting, answer.getString(1)));
      }
    }
  }

  /** SIGINT, PostgreSQL's "fast" shutdown, for which Java has no method. */
  private static void signalFastShutdown(Daemon server) {
    try {
      run(Path.of("."), List.of("kill", "-INT", Long.toString(server.pid())));
    } catch (StartFailure gone) {
      if (server.isRunning()) {
        throw gone;
      }
    }
  }

  private static void run(Path directory, List<String> command) {
    try {
      // To a file: a server started by the command would keep a pipe open for ever.
      var output = Files.createTempFile("stoa", ".log");
      try {
        var process =
            new ProcessBuilder(new ArrayList<>(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
          throw new StartFailure(
              "The database does not start: "
                  + String.join(" ", Files.readAllLines(output, UTF_8)).strip());
        }
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted while the database was starting.", e);
    }
  }
}
