package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Crashes, outages and second instances: every payment ends in a known state, and nobody pays for
 * nothing.
 */
class FaultsIT {
  private static final Duration DECIDED = Duration.ofSeconds(60);

  @AutoClose private static RunningMarket market;
  @AutoClose private Shop shop;

  @BeforeAll
  static void start() {
    market =
        RunningMarket.start(
            Map.of(
                "stoa.inference.provider-timeout", "4s",
                "stoa.payments.settlement-lease", "4s"));
  }

  @BeforeEach
  void open() {
    shop = Shop.in(market);
    shop.provider.echoes();
  }

  @Test
  void rule38CopiesAtTwoInstancesAreServedAndChargedOnce() {
    // Given
    try (var second = market.secondInstance(Map.of())) {
      var buyer = shop.buyerWith(10_000);
      await().atMost(DECIDED).until(() -> shop.pay(second, "none", "x").statusCode() == 400);
      // Both instances are one market to the world: the terms name the same resource.
      var draft = shop.draft(buyer).signed().bent(message -> message.remove("resource"));
      var calls = new ArrayList<Callable<HttpResponse<String>>>();
      for (int i = 0; i < 50; i++) {
        var instance = i % 2 == 0 ? market : second;
        calls.add(() -> shop.pay(instance, draft.header(), "hello"));
      }
      var before = shop.earned();

      // When
      var answers = Shop.atOnce(calls);

      // Then
      assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
      assertThat(answers.stream().map(HttpResponse::body).distinct()).hasSize(1);
      assertThat(shop.provider.calls()).isOne();
      assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    }
  }

  @Test
  void rule40AClaimWhoseProcessDiedIsReleasedAndThePaymentIsGoodAgain() {
    // Given
    var buyer = shop.buyerWith(10_000);
    var draft = shop.draft(buyer).signed();
    var never = new CompletableFuture<Void>();
    shop.provider.does(
        (exchange, body) -> {
          never.join();
          ScriptedProvider.send(exchange, 200, "too late");
        });
    var lost = CompletableFuture.supplyAsync(() -> attempt(draft.header(), "hello"));
    await().until(() -> shop.provider.calls() == 1);

    // When
    market.kill();
    market.start();
    never.complete(null);
    shop.provider.echoes();

    // Then
    assertThat(lost.join()).isEmpty();
    await().atMost(DECIDED).until(() -> shop.status(draft).equals("RELEASED"));
    assertThat(shop.earned()).isZero();
    assertThat(shop.pay(draft.header(), "hello").statusCode()).isEqualTo(200);
    assertThat(shop.earned()).isEqualTo(Shop.PRICE);
  }

  @Test
  void aCrashWithFiftyPaymentsInFlightLosesAndDoublesNothing() {
    // Given
    var drafts = new ArrayList<DraftPayment>();
    var buyers = new ArrayList<SigningKey>();
    for (int i = 0; i < 5; i++) {
      buyers.add(shop.buyerWith(100_000));
    }
    for (int i = 0; i < 50; i++) {
      drafts.add(shop.draft(buyers.get(i % 5)).signed());
    }
    var inFlight =
        CompletableFuture.supplyAsync(
            () ->
                Shop.atOnce(
                    drafts.stream()
                        .<Callable<Optional<HttpResponse<String>>>>map(
                            draft -> () -> attempt(draft.header(), "hello"))
                        .toList()));
    await().until(() -> countIn("SETTLING", "SETTLED") >= 3);

    // When
    market.kill();
    inFlight.join();
    market.start();

    // Then
    await().atMost(DECIDED).until(() -> countIn("VERIFIED", "SETTLING", "UNKNOWN") == 0);
    long settled = countIn("SETTLED");
    assertThat(shop.earned()).isEqualTo(Shop.PRICE.multiply(BigInteger.valueOf(settled)));
    int before = shop.provider.calls();
    for (var draft : drafts) {
      if (shop.market.get("/v1/payments/" + draft.id()).statusCode() == 200
          && shop.status(draft).equals("SETTLED")) {
        var fetched = shop.pay(draft.header(), "hello");
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.body()).startsWith("answer to hello");
      }
    }
    assertThat(shop.provider.calls()).isEqualTo(before);
    assertThat(shop.earned()).isEqualTo(Shop.PRICE.multiply(BigInteger.valueOf(settled)));
  }

  @Test
  void rule42APendingSettlementIsNeitherDeliveredNorReleased() {
    // Given: a chain that takes transactions and mines none
    var buyer = shop.buyerWith(10_000);
    var draft = shop.draft(buyer).signed();
    shop.chain("evm_setAutomine", false);
    shop.chain("evm_setIntervalMining", 0);

    // When
    var pending = shop.pay(draft.header(), "hello");
    var again = shop.pay(draft.header(), "hello");

    // Then
    for (var answer : List.of(pending, again)) {
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
      assertThat(answer.body()).contains("/v1/payments/" + draft.id()).doesNotContain("answer to");
    }
    assertThat(shop.provider.calls()).isOne();

    // When
    shop.chain("evm_setAutomine", true);
    shop.chain("evm_mine");

    // Then
    await().atMost(DECIDED).until(() -> shop.status(draft).equals("SETTLED"));
    var fetched = shop.pay(draft.header(), "hello");
    assertThat(fetched.statusCode()).isEqualTo(200);
    assertThat(fetched.body()).startsWith("answer to hello");
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.earned()).isEqualTo(Shop.PRICE);
  }

  @Test
  void aHangingProviderIsGivenUpAndNotPaidFor() {
    // Given
    var buyer = shop.buyerWith(10_000);
    var draft = shop.draft(buyer).signed();
    var end = new CompletableFuture<Void>();
    shop.provider.does((exchange, body) -> end.join());

    // When
    var given = shop.pay(draft.header(), "hello");
    end.complete(null);
    shop.provider.echoes();
    var served = shop.pay(draft.header(), "hello");

    // Then
    assertThat(given.statusCode()).isEqualTo(502);
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(shop.earned()).isEqualTo(Shop.PRICE);
  }

  @Test
  void rule5And15WithoutAChainTermsAreServedAndPaymentsPutOffAndStayGood() {
    // Given
    var buyer = shop.buyerWith(10_000);
    var draft = shop.draft(buyer).signed();

    // When
    market.surroundings().takeChainAway();
    var terms = shop.ask("{}");
    var paid = shop.pay(draft.header(), "hello");
    int calls = shop.provider.calls();
    market.surroundings().returnChain();

    // Then
    assertThat(terms.statusCode()).isEqualTo(402);
    assertThat(paid.statusCode()).isEqualTo(503);
    assertThat(paid.body()).doesNotContain(market.surroundings().chain().rpc().toString());
    assertThat(calls).isZero();
    assertThat(shop.pay(draft.header(), "hello").statusCode()).isEqualTo(200);
    assertThat(shop.earned()).isEqualTo(Shop.PRICE);
  }

  @Test
  void aCrashInTheMiddleOfAStreamChargesTheLastCheckpoint() {
    try (var metered = Shop.perToken(market, 100, 20_000)) {
      // Given: an answer of which some is written down, and more comes all the time
      var wallet = ChannelWallet.with(metered, 200_000);
      var payment = wallet.sign("{\"stream\":true,\"max_tokens\":500}");
      metered.provider.does((exchange, body) -> streamForEver(exchange));
      var lost =
          CompletableFuture.supplyAsync(
              () -> attempt(metered, payment.header(), "{\"stream\":true,\"max_tokens\":500}"));
      await().atMost(DECIDED).until(() -> wallet.metered() > 0);

      // When
      market.kill();
      long checkpoint = wallet.metered();
      market.start();

      // Then
      assertThat(lost.join()).isEmpty();
      await().atMost(DECIDED).until(() -> wallet.reserved() == 0);
      assertThat(wallet.charged()).isEqualTo(checkpoint).isGreaterThanOrEqualTo(100);
    }
  }

  /** A token every few milliseconds, until nobody listens. */
  private static void streamForEver(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    while (true) {
      exchange.getResponseBody().write("data: {\"text\":\"a\"}\n\n".getBytes(UTF_8));
      exchange.getResponseBody().flush();
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** Empty when the connection broke. */
  private Optional<HttpResponse<String>> attempt(String header, String body) {
    return attempt(shop, header, body);
  }

  private static Optional<HttpResponse<String>> attempt(Shop at, String header, String body) {
    try {
      return Optional.of(at.pay(header, body));
    } catch (UncheckedIOException broken) {
      return Optional.empty();
    }
  }

  private long countIn(String... states) {
    var database = market.surroundings().database();
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var select =
            connection.prepareStatement(
                "select count(*) from till.payment where state = any (?) and listing_id = ?")) {
      select.setArray(1, connection.createArrayOf("text", states));
      select.setLong(2, shop.listing.path("id").longValue());
      try (var rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }
}
