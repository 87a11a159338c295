package io.stoa.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.cli.endpoints.Endpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ./stoa} as its users call it, for one state directory. */
record Launcher(Path state) {
  private static final Path SCRIPT = Path.of("..", "stoa").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  /** How a command ended, and everything it printed. */
  record Ended(int exitCode, String output) {}

  Ended run(String... arguments) {
    var log = state.resolveSibling(state.getFileName() + ".out");
    try {
      var process = start(log, arguments);
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + Files.readString(log));
      }
      return new Ended(process.exitValue(), Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Does not wait for its end. */
  Process start(Path log, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(SCRIPT.toString(), "--state", state.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  Endpoints endpoints() {
    try {
      return Endpoints.read(state).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer of a path that has one. */
  JsonNode get(String path) {
    try {
      return JSON.readTree(send(path).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int status(String path) {
    return send(path).statusCode();
  }

  long pid(String name) {
    try {
      return Long.parseLong(Files.readString(state.resolve("run/" + name + ".pid")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<byte[]> send(String path) {
    URI uri = endpoints().api().resolve(path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
