package io.stoa.chain.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and its node, and spoils what it is told to. Every request that no fault
 * claims is passed on as it is.
 *
 * <pre>{@code
 * proxy.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REPLY);
 * }</pre>
 */
public final class FaultyRpc implements AutoCloseable {

  /** What goes wrong with a request. */
  public sealed interface Fault {
    /** The node has it and answers, but nobody hears it. */
    Fault LOSE_THE_REPLY = new LoseTheReply();

    /** Neither the node nor its answer is reached. */
    Fault LOSE_THE_REQUEST = new LoseTheRequest();

    Fault STATUS_500 = new Reply(500, "internal error");
    Fault GARBAGE = new Reply(200, "<html>not JSON</html>");

    record LoseTheReply() implements Fault {}

    record LoseTheRequest() implements Fault {}

    /** An answer that the node never gave. */
    record Reply(int status, String body) implements Fault {}

    /** The request is passed on, and its answer held back until {@link FaultyRpc#letGo}. */
    record HoldTheReply() implements Fault {}
  }

  private final HttpServer server;
  private final @Nullable URI node;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Rule> rules = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(1);

  private record Rule(String method, AtomicInteger left, Fault fault) {}

  private FaultyRpc(@Nullable URI node) {
    this.node = node;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public static FaultyRpc before(URI node) {
    return new FaultyRpc(node);
  }

  /** Has no node behind it: answers 500 to whatever no fault claims. */
  public static FaultyRpc alone() {
    return new FaultyRpc(null);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Spoils the next {@code times} requests that name {@code method}. */
  public FaultyRpc spoil(String method, int times, Fault fault) {
    synchronized (rules) {
      rules.add(new Rule(method, new AtomicInteger(times), fault));
    }
    return this;
  }

  /** Ends all faults and lets held replies go. */
  public void heal() {
    synchronized (rules) {
      rules.clear();
    }
    letGo();
  }

  public void letGo() {
    var opened = gate;
    gate = new CountDownLatch(1);
    opened.countDown();
  }

  /** How many requests named {@code method} so far; a batch counts once. */
  public long requests(String method) {
    synchronized (seen) {
      return seen.stream().filter(body -> body.contains(quoted(method))).count();
    }
  }

  /** Whether any request so far contained {@code text}. */
  public boolean heard(String text) {
    synchronized (seen) {
      return seen.stream().anyMatch(body -> body.contains(text));
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var text = new String(body, StandardCharsets.UTF_8);
      synchronized (seen) {
        seen.add(text);
      }
      switch (faultFor(text)) {
        case null -> pass(exchange, body);
        case Fault.LoseTheRequest _ -> {}
        case Fault.LoseTheReply _ -> ask(body);
        case Fault.Reply(int status, var reply) ->
            reply(exchange, status, reply.getBytes(StandardCharsets.UTF_8));
        case Fault.HoldTheReply _ -> {
          var answer = node == null ? null : ask(body);
          hold();
          if (answer != null) {
            reply(exchange, answer.statusCode(), answer.body());
          }
        }
      }
    }
  }

  private @Nullable Fault faultFor(String text) {
    synchronized (rules) {
      for (var rule : rules) {
        if (text.contains(quoted(rule.method)) && rule.left.getAndDecrement() > 0) {
          return rule.fault;
        }
      }
      return null;
    }
  }

  private void pass(HttpExchange exchange, byte[] body) throws IOException {
    if (node == null) {
      reply(exchange, 500, new byte[0]);
      return;
    }
    var answer = ask(body);
    reply(exchange, answer.statusCode(), answer.body());
  }

  private HttpResponse<byte[]> ask(byte[] body) throws IOException {
    if (node == null) {
      throw new IOException("no node behind the proxy");
    }
    var request =
        HttpRequest.newBuilder(node)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  private void hold() throws IOException {
    try {
      gate.await();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static String quoted(String method) {
    return '"' + method + '"';
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
    http.shutdownNow();
  }
}
