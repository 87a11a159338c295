package io.stoa.local.chain;

import io.stoa.domain.ChainId;
import io.stoa.local.process.Await;
import io.stoa.local.process.Daemon;
import io.stoa.local.process.Ports;
import io.stoa.local.process.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An anvil chain that belongs to one directory and outlives the program that started it. It mines a
 * block for every transaction and one every five seconds, and writes itself to {@code chain.json}
 * every five seconds and at its end: killing it loses five seconds at most.
 */
public record LocalChain(int port, Path home, ChainId id) {
  /** The id that development chains share. Wallets refuse to sign for it by accident. */
  public static final ChainId ID = new ChainId(31337);

  private static final String NAME = "the local chain";

  /** Blocks at whose end the chain can still be asked about. */
  private static final int STATES = 256;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Starts the chain of {@code home} where it was left, a new one if there is none; takes over the
   * one that already runs. Takes half a second.
   *
   * @param anvil the program
   * @throws StartFailure when it cannot run
   */
  public static LocalChain start(Path home, Path anvil) {
    return start(home, anvil, ID);
  }

  /**
   * The same under another id, for clients that know chains by name. It stays the chain's.
   *
   * @throws StartFailure also when the chain of {@code home} has another id
   */
  public static LocalChain start(Path home, Path anvil, ChainId id) {
    try {
      if (!idOf(home).orElse(id).equals(id)) {
        throw new StartFailure(
            "The local chain has the id %d; --fresh makes a new one."
                .formatted(idOf(home).get().value()));
      }
      var running = find(home);
      if (running.isPresent()) {
        var chain =
            new LocalChain(Integer.parseInt(Files.readString(portFile(home)).strip()), home, id);
        chain.awaitAnswer(running.get());
        return chain;
      }
      if (!Files.isExecutable(anvil)) {
        throw new StartFailure("The local chain's program is missing: " + anvil + ".");
      }
      var chain = new LocalChain(choosePort(home), home, id);
      Files.writeString(idFile(home), id.value() + "\n");
      chain.awaitAnswer(chain.launch(anvil));
      return chain;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The id of the chain of {@code home}, if there is one. */
  public static Optional<ChainId> idOf(Path home) {
    try {
      if (Files.exists(idFile(home))) {
        return Optional.of(new ChainId(Long.parseLong(Files.readString(idFile(home)).strip())));
      }
      return Files.exists(stateFile(home)) ? Optional.of(ID) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The chain of {@code home}, if it runs. */
  public static Optional<Daemon> find(Path home) {
    return Daemon.find(NAME, stateFile(home).toString(), home.resolve("run/chain.pid"));
  }

  /** Stops it and waits until it has written itself down. */
  public static void stop(Path home) {
    find(home).ifPresent(chain -> chain.stop(PATIENCE));
  }

  /** Where it takes JSON-RPC. */
  public URI rpc() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private Daemon launch(Path anvil) {
    return Daemon.start(
        NAME,
        List.of(
            anvil.toString(),
            "--silent",
            "--host=127.0.0.1",
            "--port=" + port,
            "--chain-id=" + id.value(),
            "--accounts=16",
            "--block-time=5",
            "--mixed-mining",
            // Without it, every state of the chain that ever was is kept, in the user's home.
            "--prune-history=" + STATES,
            "--state=" + stateFile(home),
            "--state-interval=5"),
        Map.of(),
        stateFile(home).toString(),
        home.resolve("log/chain.log"),
        home.resolve("run/chain.pid"));
  }

  private void awaitAnswer(Daemon chain) {
    try (var http = HttpClient.newHttpClient()) {
      boolean answered = Await.until(PATIENCE, () -> !chain.isRunning() || answers(http));
      if (!answered || !chain.isRunning()) {
        throw new StartFailure(
            "The local chain does not start on port %d; see %s."
                .formatted(port, home.resolve("log/chain.log")));
      }
    }
  }

  private boolean answers(HttpClient http) {
    var request =
        HttpRequest.newBuilder(rpc())
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(5))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"""))
            .build();
    try {
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return answer.contains("\"0x" + Long.toHexString(id.value()) + "\"");
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The port of the last time, if it is still free. */
  private static int choosePort(Path home) throws IOException {
    var remembered = portFile(home);
    if (Files.exists(remembered)) {
      int port = Integer.parseInt(Files.readString(remembered).strip());
      if (Ports.isFree(port)) {
        return port;
      }
    }
    int port = Ports.choose();
    Files.createDirectories(remembered.getParent());
    Files.writeString(remembered, port + "\n");
    return port;
  }

  private static Path stateFile(Path home) {
    return home.resolve("chain.json");
  }

  private static Path idFile(Path home) {
    return home.resolve("run/chain.id");
  }

  private static Path portFile(Path home) {
    return home.resolve("run/chain.port");
  }
}
