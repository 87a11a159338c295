package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider that does what a test tells it to, and counts how often it was asked. */
final class ScriptedProvider implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Script script = ScriptedProvider::echo;

  /** What to do with one request. */
  interface Script {
    void answer(HttpExchange exchange, byte[] body) throws IOException;
  }

  ScriptedProvider() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          calls.incrementAndGet();
          try (exchange) {
            script.answer(exchange, exchange.getRequestBody().readAllBytes());
          }
        });
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  int calls() {
    return calls.get();
  }

  /** From the next request on; the count starts anew. */
  void does(Script next) {
    script = next;
    calls.set(0);
  }

  void echoes() {
    does(ScriptedProvider::echo);
  }

  /** Answers with the number of the call, so that two calls never look like one. */
  private static void echo(HttpExchange exchange, byte[] body) throws IOException {
    send(exchange, 200, "answer to " + new String(body, UTF_8) + " " + System.nanoTime());
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
