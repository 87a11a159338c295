package io.stoa.testkit.market;

import io.stoa.domain.ChainId;
import io.stoa.local.JavaProgram;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.process.Await;
import io.stoa.local.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The packaged market as a process of its own, under the profile {@code local}. It can be killed
 * and started again on the same state, and a second instance can be put beside it.
 */
public final class RunningMarket implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Surroundings surroundings;
  private final boolean ownsSurroundings;
  private final Path home;
  private final int port;
  private final Map<String, String> overrides;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private @Nullable Process process;

  private RunningMarket(
      Surroundings surroundings,
      boolean ownsSurroundings,
      String name,
      Map<String, String> overrides) {
    this.surroundings = surroundings;
    this.ownsSurroundings = ownsSurroundings;
    this.home = surroundings.home().resolve(name);
    this.port = Ports.choose();
    this.overrides = Map.copyOf(overrides);
  }

  private static final class Shared {
    static final RunningMarket MARKET = startForAll();

    private static RunningMarket startForAll() {
      var market = start(Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(market::close, "shared-market"));
      return market;
    }
  }

  /**
   * One market for all tests of this JVM that leave it as they found it: they publish under paths
   * of their own, and neither kill nor close it.
   */
  public static RunningMarket shared() {
    return Shared.MARKET;
  }

  /** A market of one's own, on a database and a chain of its own. */
  public static RunningMarket start(Map<String, String> overrides) {
    return start(LocalChain.ID, overrides);
  }

  /** The same on a chain of another id. */
  public static RunningMarket start(ChainId chain, Map<String, String> overrides) {
    return start(Surroundings.quick(chain), overrides);
  }

  private static RunningMarket start(Surroundings surroundings, Map<String, String> overrides) {
    var market = new RunningMarket(surroundings, true, "first", overrides);
    try {
      market.start();
      return market;
    } catch (AssertionError | RuntimeException failure) {
      market.close();
      throw failure;
    }
  }

  /** Another instance on the same database, chain and keys, with a content store of its own. */
  public RunningMarket secondInstance(Map<String, String> more) {
    var all = new LinkedHashMap<>(overrides);
    all.putAll(more);
    return startOn(surroundings, "second-" + Ports.choose(), all);
  }

  /**
   * An instance on surroundings that its caller started, and closes after it.
   *
   * @param name no other instance there has it
   */
  public static RunningMarket startOn(
      Surroundings surroundings, String name, Map<String, String> overrides) {
    var instance = new RunningMarket(surroundings, false, name, overrides);
    try {
      instance.start();
      return instance;
    } catch (AssertionError | RuntimeException failure) {
      instance.close();
      throw failure;
    }
  }

  /**
   * Starts it, for the first time or after {@link #kill} or {@link #stop}; returns when it is
   * ready.
   */
  public void start() {
    launch();
    boolean ready = Await.until(PATIENCE, () -> !running().isAlive() || isReady());
    if (!running().isAlive()) {
      throw new AssertionError(
          "the market ended with %d (%s):\n%s"
              .formatted(running().exitValue(), lastWords(), log()));
    }
    if (!ready) {
      throw new AssertionError(
          "the market is not ready after %s (%s):\n%s".formatted(PATIENCE, lastWords(), log()));
    }
  }

  /**
   * Starts another instance that cannot run, and returns the last line it printed. Fails the test
   * if it runs, ends without an error, or prints a stack trace.
   */
  public String lastWordsUnder(Map<String, String> wrong) {
    var all = new LinkedHashMap<>(overrides);
    all.putAll(wrong);
    try (var other = new RunningMarket(surroundings, false, "vain-" + Ports.choose(), all)) {
      other.launch();
      if (!other.running().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it did not fail:\n" + other.log());
      }
      if (other.running().exitValue() != 1) {
        throw new AssertionError(
            "it ended with %d:\n%s".formatted(other.running().exitValue(), other.log()));
      }
      var printed = other.console();
      if (printed.stream().anyMatch(line -> line.startsWith("\tat "))) {
        throw new AssertionError("it printed a stack trace:\n" + String.join("\n", printed));
      }
      return printed.getLast();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  private String lastWords() {
    var lines = console();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private List<String> console() {
    try {
      return Files.readAllLines(home.resolve("console.log"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Like {@code kill -9}: no goodbye. Returns when it is gone. */
  public void kill() {
    running().destroyForcibly().onExit().join();
  }

  /** Asks it to stop, and returns when it has. */
  public void stop() {
    running().destroy();
    running().onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  public URI origin() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public Surroundings surroundings() {
    return surroundings;
  }

  /** A request to this market, to be completed. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(origin().resolve(path)).timeout(Duration.ofSeconds(60));
  }

  public HttpResponse<String> get(String path) {
    return send(request(path).build());
  }

  public HttpResponse<String> send(HttpRequest request) {
    return send(request, BodyHandlers.ofString());
  }

  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return http.send(request, body);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  /** Everything it printed and logged so far, over all its lives. */
  public String log() {
    try {
      var text = new StringBuilder();
      for (var file : List.of(home.resolve("console.log"), home.resolve("market.log"))) {
        if (Files.exists(file)) {
          text.append(Files.readString(file));
        }
      }
      return text.toString();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public Path storage() {
    return home.resolve("storage");
  }

  private void launch() {
    var options = new ArrayList<>(JavaProgram.SHORT_LIVED);
    options.add("-Xmx384m");
    configuration().forEach((key, value) -> options.add("-D" + key + "=" + value));
    var program = new JavaProgram(Checkout.market(), options, List.of());
    try {
      Files.createDirectories(home);
      process =
          new ProcessBuilder(program.command("-Dtest.market=" + home))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(home.resolve("console.log").toFile()))
              .start();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Map<String, String> configuration() {
    var database = surroundings.database();
    var all = new LinkedHashMap<String, String>();
    all.put("quarkus.profile", "local");
    all.put("quarkus.http.port", Integer.toString(port));
    all.put("quarkus.datasource.jdbc.url", database.jdbcUrl());
    all.put("quarkus.datasource.reactive.url", database.url());
    all.put("quarkus.datasource.username", database.user());
    all.put("quarkus.datasource.password", database.password());
    all.put("quarkus.log.file.path", home.resolve("market.log").toString());
    all.put("stoa.chain.rpc", surroundings.chain().rpc().toString());
    all.put("stoa.chain.id", Long.toString(surroundings.contracts().chain().value()));
    all.put("stoa.chain.address-book", surroundings.addressBook().toString());
    all.put("stoa.keys.directory", surroundings.home().resolve("keys").toString());
    all.put("stoa.storage.directory", storage().toString());
    all.putAll(overrides);
    return all;
  }

  private boolean isReady() {
    try {
      return http.send(request("/q/health/ready").build(), BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  /** Ends it at once; whoever started the surroundings ends them too. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
    http.close();
    if (ownsSurroundings) {
      surroundings.close();
    }
  }
}
