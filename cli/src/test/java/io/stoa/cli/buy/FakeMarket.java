package io.stoa.cli.buy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Sells {@code stoa/minilm} for 1,000 units and answers payments as its test has scripted. */
final class FakeMarket implements AutoCloseable {
  static final ChainId CHAIN = new ChainId(31337);
  static final Address TOKEN = Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  static final Address PAYEE = Address.parse("0x2000000000000000000000000000000000004020");

  private final HttpServer http;
  private final Queue<Answer> script = new ArrayDeque<>();
  private final List<String> payments = new ArrayList<>();

  /** What one paid request is answered with. A status of 0 closes the connection instead. */
  record Answer(int status, Map<String, String> headers, String body) {}

  private FakeMarket(HttpServer http) {
    this.http = http;
  }

  static FakeMarket start() throws IOException {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var market = new FakeMarket(http);
    http.createContext("/", market::answer);
    http.start();
    return market;
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Adds the answer to the next paid request. */
  FakeMarket then(int status, Map<String, String> headers, String body) {
    script.add(new Answer(status, headers, body));
    return this;
  }

  /** The payment headers it received, in their order. */
  synchronized List<String> payments() {
    return List.copyOf(payments);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      var path = exchange.getRequestURI().getPath();
      var payment = exchange.getRequestHeaders().getFirst(X402.PAYMENT_SIGNATURE);
      if (path.equals("/v1/listings/stoa/minilm")) {
        send(exchange, new Answer(200, Map.of(), "{}"));
      } else if (!path.startsWith("/x/stoa/minilm/")) {
        send(exchange, new Answer(404, Map.of(), "{\"status\":404,\"detail\":\"No such thing.\"}"));
      } else if (payment == null) {
        send(exchange, new Answer(402, Map.of(X402.PAYMENT_REQUIRED, terms().header()), "{}"));
      } else {
        payments.add(payment);
        var next = script.remove();
        if (next.status() != 0) {
          send(exchange, next);
        }
      }
    }
  }

  PaymentRequired terms() {
    var extra = HeaderCodec.object().put("name", "USD Coin").put("version", "2");
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(origin() + "/x/stoa/minilm", "", "application/json"),
        List.of(
            new PaymentRequirements(
                "exact", CHAIN, BigInteger.valueOf(1000), TOKEN, PAYEE, 60, extra)),
        HeaderCodec.object());
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    var body = answer.body().getBytes(UTF_8);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
