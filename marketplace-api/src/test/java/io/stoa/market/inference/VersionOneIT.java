package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.ChainId;
import io.stoa.testkit.market.RunningMarket;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buyers that speak only version 1, on a chain that it calls base-sepolia. */
class VersionOneIT {
  @AutoClose private static RunningMarket market;
  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    market = RunningMarket.start(new ChainId(84532), Map.of());
    shop = Shop.in(market);
    buyer = shop.buyerWith(1_000_000);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void rule70TheBodyOfA402HoldsTheTermsBesideTheHeader() {
    // When
    var answer = shop.ask("{}");

    // Then
    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    var terms = Shop.json(answer.body());
    assertThat(terms.path("x402Version").intValue()).isEqualTo(1);
    assertThat(terms.path("error").asText()).isEqualTo("X-PAYMENT header is required");
    assertThat(terms.path("accepts")).hasSize(1);
    var option = terms.at("/accepts/0");
    assertThat(option.path("scheme").asText()).isEqualTo("exact");
    assertThat(option.path("network").asText()).isEqualTo("base-sepolia");
    assertThat(option.path("maxAmountRequired").asText()).isEqualTo("1000");
    assertThat(option.path("resource").asText()).isEqualTo(market.origin() + shop.path());
    assertThat(shop.terms().path("x402Version").intValue()).isEqualTo(2);
  }

  @Test
  void rule70APaymentIsHonouredAndItsSettlementTold() {
    // Given
    var before = shop.earned();
    var draft = shop.draft(buyer).signed();

    // When
    var answer = pay(header(draft), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("answer to hello");
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    var settlement = settlement(answer);
    assertThat(settlement.path("success").booleanValue()).isTrue();
    assertThat(settlement.path("network").asText()).isEqualTo("base-sepolia");
    assertThat(settlement.path("transaction").asText()).matches("0x[0-9a-f]{64}");
    assertThat(settlement.path("payer").asText()).isEqualTo(buyer.address().toString());
  }

  @Test
  void rule34ACopyIsAnsweredWithTheSameSettlement() {
    // Given
    var header = header(shop.draft(buyer).signed());

    // When
    var first = pay(header, "hello");
    var again = pay(header, "hello");

    // Then
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(settlement(again)).isEqualTo(settlement(first));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aPaymentThatDoesNotHoldIsRefusedInTheWordsOfVersion1() {
    // When
    var answer = pay(header(shop.draft(shop.buyerWith(0)).signed()), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(Shop.json(answer.body()).path("error").asText())
        .isEqualTo("invalid_exact_evm_insufficient_balance");
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void whatIsNoPaymentOfVersion1IsMalformed() {
    var ofVersion2 = shop.draft(buyer).signed().header();
    assertThat(pay(ofVersion2, "hello").statusCode()).isEqualTo(400);
    assertThat(pay("not base64", "hello").statusCode()).isEqualTo(400);
    assertThat(pay(DraftPayment.header("[]"), "hello").statusCode()).isEqualTo(400);
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void version2IsSpokenAsEverywhere() {
    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("X-PAYMENT-RESPONSE")).isEmpty();
  }

  @Test
  void rule70WhereItIsTurnedOffAPaymentIsIgnored() {
    try (var silent =
        market.secondInstance(
            Map.of("stoa.inference.v1", "false", "stoa.public-url", market.origin().toString()))) {
      await().until(() -> shop.send(silent, shop.request(silent, "{}")).statusCode() == 402);

      // When
      var header = header(shop.draft(buyer).signed());
      var answer = shop.send(silent, shop.request(silent, "hello").header("X-PAYMENT", header));

      // Then
      assertThat(answer.statusCode()).isEqualTo(402);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(shop.provider.calls()).isZero();
    }
  }

  private static HttpResponse<String> pay(String header, String body) {
    return shop.send(market, shop.request(market, body).header("X-PAYMENT", header));
  }

  private static JsonNode settlement(HttpResponse<String> answer) {
    return DraftPayment.decode(answer.headers().firstValue("X-PAYMENT-RESPONSE").orElseThrow());
  }

  private static String header(DraftPayment draft) {
    var envelope =
        DraftPayment.JSON
            .createObjectNode()
            .put("x402Version", 1)
            .put("scheme", "exact")
            .put("network", "base-sepolia")
            .set("payload", draft.message().path("payload"));
    return DraftPayment.header(envelope.toString());
  }
}
