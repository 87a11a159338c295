package io.stoa.x402.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.X402;
import io.stoa.x402.facilitator.RemoteFacilitator;
import io.stoa.x402.server.Paywall;
import io.stoa.x402.server.TakenInMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * Sells an answer through a facilitator. Prints its URL, and ends with its input.
 *
 * <p>Arguments: the facilitator's URL, the payee, the asset, the price.
 */
final class Shop {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Paywall<String> paywall;
  private final String url;

  private Shop(Paywall<String> paywall, String url) {
    this.paywall = paywall;
    this.url = url;
  }

  public static void main(String[] arguments) throws IOException {
    var price = new TokenAmount(Asset.parse(arguments[2]), new BigInteger(arguments[3]));
    var option = Paywall.price(price, Address.parse(arguments[1]), "USD Coin", "2");
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/answers";
    try (var http = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var facilitator =
          new RemoteFacilitator(http, URI.create(arguments[0]), Optional.empty(), PATIENCE);
      var paywall =
          new Paywall<String>(facilitator, new TakenInMemory(Clock.systemUTC()), List.of(option));
      server.createContext("/answers", new Shop(paywall, url)::answer);
      server.setExecutor(threads);
      server.start();
      IO.println(url);
      System.in.transferTo(OutputStream.nullOutputStream());
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var payment = exchange.getRequestHeaders().getFirst(X402.PAYMENT_SIGNATURE);
      var request =
          new RequestDigest(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              Bytes32.sha256(exchange.getRequestBody().readAllBytes()));
      var served = paywall.charge(url, request, payment, () -> "42");
      served.headers().forEach(exchange.getResponseHeaders()::set);
      var body = served.body().orElse("").getBytes(UTF_8);
      exchange.sendResponseHeaders(served.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (Exception failure) {
      throw new IOException(failure);
    }
  }
}
