package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.client.ChannelPayment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that are passed on as they come, out of a channel, for 100 units a token. */
class StreamedCallIT {
  private static final String REQUEST = "{\"stream\":true,\"max_tokens\":50}";
  private static final long CEILING = 5_000;

  @AutoClose private static Shop shop;

  private ChannelWallet wallet;

  @BeforeAll
  static void open() {
    shop = Shop.perToken(RunningMarket.shared(), 100, 20_000);
  }

  @BeforeEach
  void deposit() {
    wallet = ChannelWallet.with(shop, 200_000);
  }

  @Test
  void theBuyerGetsEachPartBeforeTheNextIsThereAndPaysForTheTokensReported() throws Exception {
    // Given
    var next = new CountDownLatch(1);
    shop.provider.does(
        (exchange, body) -> {
          begin(exchange);
          event(exchange, "{\"text\":\"a\"}");
          awaitOr(next);
          event(exchange, "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}");
          event(exchange, "[DONE]");
        });
    var payment = wallet.sign(REQUEST);

    // When
    try (var stream = new OpenStream(payment)) {
      assertThat(stream.until("data: {\"text\":\"a\"}")).isTrue();
      next.countDown();
      var rest = stream.rest();

      // Then
      assertThat(rest).contains("data: [DONE]").contains("event: payment-response");
      var said = DraftPayment.decode(OpenStream.dataOf(rest, "payment-response"));
      assertThat(said.at("/extra/chargedAmount").asText()).isEqualTo("700");
      assertThat(said.at("/extra/channelState/chargedCumulativeAmount").asText()).isEqualTo("700");
    }
    assertThat(wallet.charged()).isEqualTo(700);
  }

  @Test
  void aBuyerWhoLeavesPaysForWhatWasDelivered() throws Exception {
    // Given
    var more = new CountDownLatch(1);
    shop.provider.does(
        (exchange, body) -> {
          begin(exchange);
          for (int i = 0; i < 5; i++) {
            event(exchange, "{\"text\":\"a\"}");
          }
          awaitOr(more);
          while (true) {
            event(exchange, "{\"text\":\"" + "b".repeat(1_000) + "\"}");
          }
        });

    // When
    try (var stream = new OpenStream(wallet.sign(REQUEST))) {
      for (int i = 0; i < 5; i++) {
        stream.until("data: {\"text\":\"a\"}");
      }
    }
    more.countDown();

    // Then
    await().atMost(Duration.ofSeconds(20)).until(() -> wallet.reserved() == 0);
    assertThat(wallet.charged()).isBetween(500L, CEILING);
  }

  @Test
  void aProviderThatDiesMidwayIsPaidForWhatItDelivered() throws Exception {
    // Given
    shop.provider.does(
        (exchange, body) -> {
          begin(exchange, 10_000);
          event(exchange, "{\"text\":\"a\"}");
          event(exchange, "{\"text\":\"b\"}");
          throw new IOException("gone");
        });

    // When
    try (var stream = new OpenStream(wallet.sign(REQUEST))) {
      var rest = stream.rest();

      // Then
      assertThat(rest).contains("event: payment-response").doesNotContain("\r\n0\r\n");
    }
    assertThat(wallet.charged()).isEqualTo(200);
  }

  @Test
  void aProviderThatDiesBeforeTheFirstPartIsNotPaid() throws Exception {
    // Given
    shop.provider.does(
        (exchange, body) -> {
          begin(exchange, 10_000);
          exchange.getResponseBody().flush();
          throw new IOException("gone");
        });

    // When
    try (var stream = new OpenStream(wallet.sign(REQUEST))) {
      stream.rest();
    }

    // Then
    await().atMost(Duration.ofSeconds(20)).until(() -> wallet.reserved() == 0);
    assertThat(wallet.charged()).isZero();
  }

  @Test
  void noMoreIsPassedOnThanTheBuyerAgreedTo() throws Exception {
    // Given
    shop.provider.does(
        (exchange, body) -> {
          begin(exchange);
          while (true) {
            event(exchange, "{\"usage\":{\"completion_tokens\":60}}");
          }
        });

    // When
    try (var stream = new OpenStream(wallet.sign(REQUEST))) {
      stream.rest();
    }

    // Then
    await().atMost(Duration.ofSeconds(20)).until(() -> wallet.reserved() == 0);
    assertThat(wallet.charged()).isEqualTo(CEILING);
  }

  private static void begin(HttpExchange exchange) throws IOException {
    begin(exchange, 0);
  }

  /** With a length, so that an answer that ends early is seen to be cut. */
  private static void begin(HttpExchange exchange, int length) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, length);
  }

  private static void event(HttpExchange exchange, String data) throws IOException {
    exchange.getResponseBody().write(("data: " + data + "\n\n").getBytes(UTF_8));
    exchange.getResponseBody().flush();
  }

  private static void awaitOr(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  /** A connection of one's own, on which an answer arrives as it is sent. */
  private static final class OpenStream implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    OpenStream(ChannelPayment payment) throws IOException {
      var origin = shop.market.origin();
      socket = new Socket(origin.getHost(), origin.getPort());
      socket.setSoTimeout(20_000);
      var head =
          List.of(
              "POST " + shop.path() + " HTTP/1.1",
              "Host: " + origin.getAuthority(),
              "Content-Type: application/json",
              "Content-Length: " + REQUEST.length(),
              "Connection: close",
              "PAYMENT-SIGNATURE: " + payment.header(),
              "",
              REQUEST);
      socket.getOutputStream().write(String.join("\r\n", head).getBytes(UTF_8));
      lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    boolean until(String line) throws IOException {
      var next = lines.readLine();
      while (next != null && !next.equals(line)) {
        next = lines.readLine();
      }
      return next != null;
    }

    String rest() throws IOException {
      var text = new StringBuilder();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        text.append(line).append("\r\n");
      }
      return text.toString();
    }

    static String dataOf(String text, String event) {
      var from = text.indexOf("data: ", text.indexOf("event: " + event)) + "data: ".length();
      return text.substring(from, text.indexOf("\r\n", from));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
