package io.stoa.x402.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executors;

/** A facilitator over HTTP that answers what it is told to. */
final class StubFacilitator implements AutoCloseable {
  static final String GOOD = "{\"isValid\":true}";
  static final String SETTLED =
      "{\"success\":true,\"transaction\":\"0x%s\",\"network\":\"eip155:31337\"}"
          .formatted("ab".repeat(32));

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** What was asked: the path, a blank, the authorization, a blank, the body. */
  final List<String> asked = new ArrayList<>();

  private final Queue<Answer> answers = new ArrayDeque<>();
  private final HttpServer server;

  private record Answer(int status, String body, List<String> headers) {}

  StubFacilitator() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** The next answer; the last one is given again and again. */
  StubFacilitator says(int status, String body, String... headers) {
    answers.add(new Answer(status, body, List.of(headers)));
    return this;
  }

  RemoteFacilitator remote() {
    return remote(Duration.ofSeconds(10));
  }

  RemoteFacilitator remote(Duration timeout) {
    return new RemoteFacilitator(HTTP, base(), Optional.of("secret"), timeout);
  }

  URI base() {
    return URI.create("http://127.0.0.1:%d/x402/".formatted(server.getAddress().getPort()));
  }

  /** One that nobody is behind. */
  static RemoteFacilitator nobody() {
    return new RemoteFacilitator(
        HTTP, URI.create("http://127.0.0.1:1"), Optional.empty(), Duration.ofSeconds(5));
  }

  private void answer(HttpExchange exchange) throws IOException {
    Answer answer;
    synchronized (this) {
      var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      asked.add(
          exchange.getRequestURI()
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization")
              + " "
              + body);
      answer = answers.size() > 1 ? answers.remove() : answers.element();
    }
    for (int i = 0; i < answer.headers.size(); i += 2) {
      exchange.getResponseHeaders().add(answer.headers.get(i), answer.headers.get(i + 1));
    }
    if (answer.status == 0) {
      return; // says nothing, and keeps the connection
    }
    var bytes = answer.body.getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
