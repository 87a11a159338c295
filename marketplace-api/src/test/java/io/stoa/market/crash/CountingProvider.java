package io.stoa.market.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A provider that never gives the same answer twice. How long it takes, and whether it fails, hangs
 * on the request's number only.
 */
final class CountingProvider implements AutoCloseable {
  /** Parts of a streamed answer, a token each. */
  static final int PARTS = 24;

  /** Of an answer that is not streamed. */
  private static final int TOKENS = 7;

  private static final Duration BETWEEN_PARTS = Duration.ofMillis(90);

  private final Moments moments;
  private final HttpServer server;
  private final AtomicInteger answers = new AtomicInteger();
  private final ConcurrentMap<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, AtomicInteger> partsSent = new ConcurrentHashMap<>();

  CountingProvider(Moments moments) {
    this.moments = moments;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** How often the request was made here. */
  int timesAsked(Request request) {
    return count(asked, request.body()).get();
  }

  /** The most parts that any answer to the request had when it was given away. */
  int partsSent(Request request) {
    return count(partsSent, request.body()).get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      int times = count(asked, body).incrementAndGet();
      moments.happened(Moment.PROVIDER_ASKED);
      var mood = new Random(body.hashCode());
      LockSupport.parkNanos(Duration.ofMillis(mood.nextInt(60)).toNanos());
      if (body.contains("\"stream\":true")) {
        stream(exchange, body);
      } else if (times == 1 && mood.nextInt(12) == 0) {
        send(exchange, 500, "out of order");
      } else {
        moments.happened(Moment.PROVIDER_ANSWERED);
        send(exchange, 200, "answer " + answers.incrementAndGet() + " to " + body);
      }
    }
  }

  private void stream(HttpExchange exchange, String body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    var out = exchange.getResponseBody();
    for (int part = 1; part <= PARTS; part++) {
      int sent = part;
      count(partsSent, body).accumulateAndGet(sent, Math::max);
      out.write("data: {\"text\":\"a\"}\n\n".getBytes(UTF_8));
      out.flush();
      LockSupport.parkNanos(BETWEEN_PARTS.toNanos());
    }
    moments.happened(Moment.PROVIDER_ANSWERED);
    out.write("data: [DONE]\n\n".getBytes(UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.getResponseHeaders().set("Stoa-Usage", "output_token=" + TOKENS);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static AtomicInteger count(ConcurrentMap<String, AtomicInteger> counts, String body) {
    return counts.computeIfAbsent(body, _ -> new AtomicInteger());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
