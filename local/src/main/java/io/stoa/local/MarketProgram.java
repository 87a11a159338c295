package io.stoa.local;

import io.stoa.chain.keys.KeyFiles;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.database.LocalDatabase;
import io.stoa.local.process.Await;
import io.stoa.local.process.Daemon;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The node itself, as a process of its own. */
record MarketProgram(StateDirectory state) {
  private static final String NAME = "the market";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  static URI origin(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  Optional<Daemon> find() {
    return Daemon.find(NAME, mark(), pidFile());
  }

  Daemon start(Checkout checkout, int port, LocalDatabase database, LocalChain chain) {
    configure(port, database, chain);
    giveGas();
    var program =
        new JavaProgram(
            checkout.market(),
            List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Dquarkus.profile=local",
                "-Dquarkus.config.locations=" + state.marketConfiguration()),
            List.of());
    return Daemon.start(NAME, program.command(mark()), Map.of(), mark(), consoleLog(), pidFile());
  }

  /**
   * @throws StartFailure when it ends, or does not become ready in time
   */
  void awaitReady(Daemon market, int port) {
    try (var http = HttpClient.newHttpClient()) {
      boolean ready = Await.until(PATIENCE, () -> !market.isRunning() || isReady(http, port));
      if (!market.isRunning()) {
        throw new StartFailure("The market ended while it was starting: " + lastWords());
      }
      if (!ready) {
        throw new StartFailure(
            "The market does not become ready; %s says why, and so does %s/q/health/ready."
                .formatted(state.log().resolve("market.log"), origin(port)));
      }
    }
  }

  void stop() {
    find().ifPresent(market -> market.stop(PATIENCE));
  }

  private void configure(int port, LocalDatabase database, LocalChain chain) {
    var keys = new Properties();
    keys.setProperty("quarkus.http.port", Integer.toString(port));
    keys.setProperty("quarkus.datasource.jdbc.url", database.jdbcUrl());
    keys.setProperty("quarkus.datasource.reactive.url", database.url());
    keys.setProperty("quarkus.datasource.username", database.user());
    keys.setProperty("quarkus.datasource.password", database.password());
    keys.setProperty("quarkus.log.file.path", state.log().resolve("market.log").toString());
    keys.setProperty("stoa.public-url", origin(port).toString());
    keys.setProperty("stoa.chain.rpc", chain.rpc().toString());
    keys.setProperty("stoa.chain.id", Long.toString(chain.id().value()));
    keys.setProperty("stoa.chain.address-book", state.addressBook().toString());
    keys.setProperty("stoa.keys.directory", state.keys().toString());
    keys.setProperty("stoa.storage.directory", state.storage().toString());
    var file = state.marketConfiguration();
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (var out = Files.newBufferedWriter(file)) {
        keys.store(out, "Written by ./stoa up");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The node makes its own keys, except those that pay gas: they are of accounts that have some.
   */
  private void giveGas() {
    try {
      Files.createDirectories(state.keys());
      give("sender-1.key", DevelopmentWallet.find("operator").orElseThrow());
      give("facilitator-sender.key", DevelopmentWallet.facilitator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void give(String name, DevelopmentWallet wallet) {
    var file = state.keys().resolve(name);
    if (!Files.exists(file)) {
      KeyFiles.writePlain(file, wallet.privateKey());
    }
  }

  private static boolean isReady(HttpClient http, int port) {
    var request =
        HttpRequest.newBuilder(origin(port).resolve("/q/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The last thing it printed, which is one sentence when its configuration is bad. */
  private String lastWords() {
    try {
      var lines =
          Files.readAllLines(consoleLog()).stream().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "it said nothing." : lines.getLast().replaceFirst("^stoa: ", "");
    } catch (IOException e) {
      return "it left no log.";
    }
  }

  private String mark() {
    return "-Dlocal.market=" + state.root();
  }

  private Path consoleLog() {
    return state.log().resolve("market-console.log");
  }

  private Path pidFile() {
    return state.run().resolve("market.pid");
  }
}
