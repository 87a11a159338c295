package io.stoa.local;

import io.stoa.local.process.Daemon;
import io.stoa.local.process.Ports;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The demo model's service, as a process of its own. Its port is part of what is published on the
 * chain, so it is chosen once.
 */
record DemoProgram(StateDirectory state) {
  private static final String NAME = "the demo provider";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  Optional<Daemon> find() {
    return Daemon.find(NAME, mark(), state.run().resolve("demo.pid"));
  }

  /**
   * Starts it unless it runs for this node already.
   *
   * @param node whose signed requests it serves
   * @throws StartFailure when its port is taken
   */
  void ensure(Checkout checkout, URI node) {
    var running = find();
    if (running.isPresent()) {
      if (running.get().commandLine().endsWith("--node " + node)) {
        return;
      }
      stop();
    }
    int port = port();
    if (!Ports.isFree(port)) {
      throw new StartFailure(
          "Port %d is taken, and stoa/minilm is published with it: stop what listens there, or start anew with ./stoa up --fresh."
              .formatted(port));
    }
    var program =
        new JavaProgram(
            checkout.demoProvider(),
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-DDJL_CACHE_DIR=" + state.demo()),
            List.of("--port", Integer.toString(port), "--node", node.toString()));
    Daemon.start(
        NAME,
        program.command(mark()),
        Map.of(),
        mark(),
        state.log().resolve("demo.log"),
        state.run().resolve("demo.pid"));
  }

  /** Whether the model is loaded. */
  boolean isReady(HttpClient http) {
    var request =
        HttpRequest.newBuilder(endpoint().resolve("/health"))
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

  /** Where the node finds it. */
  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  void stop() {
    find().ifPresent(demo -> demo.stop(PATIENCE));
  }

  private int port() {
    var remembered = state.demo().resolve("port");
    try {
      if (Files.exists(remembered)) {
        return Integer.parseInt(Files.readString(remembered).strip());
      }
      int port = Ports.choose();
      Files.createDirectories(state.demo());
      Files.writeString(remembered, port + "\n");
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String mark() {
    return "-Dlocal.demo=" + state.root();
  }
}
