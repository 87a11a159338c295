package io.stoa.x402.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.x402.Example;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PayingClientTest {
  private final List<String> bodies = new ArrayList<>();
  private final List<String> payments = new ArrayList<>();
  private int statusOfPaid = 200;
  private int statusOfUnpaid = 402;
  private Clock clock = Clock.fixed(Example.NOW, Clock.systemUTC().getZone());
  private HttpServer server;
  private HttpClient http;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void close() {
    server.stop(0);
    http.close();
  }

  @Test
  void paysWhatIsAskedAndSendsTheSameRequestAgain() throws Exception {
    // When
    var exchange = client(1_000, 5_000).send(request(), BodyHandlers.ofString());

    // Then
    assertThat(exchange).isInstanceOf(Exchange.Paid.class);
    var paid = (Exchange.Paid<String>) exchange;
    assertThat(paid.response().body()).isEqualTo("served");
    assertThat(paid.settlement()).isPresent();
    assertThat(payments).containsExactly(paid.payment().header());
    assertThat(bodies).containsExactly("question", "question");
  }

  @Test
  void whatCostsNothingIsNotPaidFor() throws Exception {
    statusOfUnpaid = 200;

    assertThat(client(1_000, 5_000).send(request(), BodyHandlers.ofString()))
        .isInstanceOf(Exchange.Free.class);
    assertThat(payments).isEmpty();
  }

  @Test
  void oneCallCostsNoMoreThanItsCap() throws Exception {
    assertThat(client(999, 5_000).send(request(), BodyHandlers.ofString()))
        .isInstanceOf(Exchange.TooDear.class);
    assertThat(payments).isEmpty();
  }

  @Test
  void aDayCostsNoMoreThanItsCap() throws Exception {
    // Given
    var cap = new DailyCap(BigInteger.valueOf(2_500), new Moving());
    var client = client(1_000, cap);

    // When
    var first = client.send(request(), BodyHandlers.ofString());
    var second = client.send(request(), BodyHandlers.ofString());
    var third = client.send(request(), BodyHandlers.ofString());
    clock = Clock.offset(clock, Duration.ofDays(1));
    var nextDay = client.send(request(), BodyHandlers.ofString());

    // Then
    assertThat(first).isInstanceOf(Exchange.Paid.class);
    assertThat(second).isInstanceOf(Exchange.Paid.class);
    assertThat(third).isInstanceOf(Exchange.TooDear.class);
    assertThat(nextDay).isInstanceOf(Exchange.Paid.class);
  }

  @Test
  void whatWasSignedCountsAlsoWhenTheServerSaysItDidNotTakeIt() throws Exception {
    // Given
    statusOfPaid = 402;
    var client = client(1_000, 1_000);

    // When
    var refused = client.send(request(), BodyHandlers.ofString());
    var again = client.send(request(), BodyHandlers.ofString());

    // Then
    assertThat(refused).isInstanceOf(Exchange.Refused.class);
    assertThat(again).isInstanceOf(Exchange.TooDear.class);
    assertThat(payments).hasSize(1);
  }

  @Test
  void aFailureOfTheServerIsNoEnd() throws Exception {
    statusOfPaid = 503;

    assertThat(client(1_000, 5_000).send(request(), BodyHandlers.ofString()))
        .isInstanceOf(Exchange.Undecided.class);
    assertThat(payments).hasSize(1);
  }

  private PayingClient client(long perCall, long perDay) {
    return client(perCall, new DailyCap(BigInteger.valueOf(perDay), clock));
  }

  private PayingClient client(long perCall, DailyCap cap) {
    return new PayingClient(
        http,
        new Buyer(Example.PAYER, TokenAmount.of(Example.ASSET, perCall), Clock.systemUTC()),
        cap);
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort())))
        .POST(HttpRequest.BodyPublishers.ofString("question"))
        .build();
  }

  private void answer(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    var payment = exchange.getRequestHeaders().getFirst(X402.PAYMENT_SIGNATURE);
    if (payment == null) {
      exchange.getResponseHeaders().add(X402.PAYMENT_REQUIRED, Example.required().header());
      send(exchange, statusOfUnpaid, "pay");
      return;
    }
    payments.add(payment);
    if (statusOfPaid == 200) {
      var settled =
          SettlementResponse.settled(
              new TxHash(Bytes32.ZERO),
              Example.ASSET.chain(),
              Example.PAYER.address(),
              BigInteger.valueOf(1_000));
      exchange.getResponseHeaders().add(X402.PAYMENT_RESPONSE, settled.header());
    }
    send(exchange, statusOfPaid, "served");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, body.length());
    try (var out = exchange.getResponseBody()) {
      out.write(body.getBytes(UTF_8));
    }
  }

  /** Follows the test's clock. */
  private final class Moving extends Clock {
    @Override
    public Instant instant() {
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
