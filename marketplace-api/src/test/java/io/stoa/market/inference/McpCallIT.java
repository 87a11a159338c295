package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tools of the Model Context Protocol, paid in its messages. */
class McpCallIT {
  private static final String PAYMENT = "x402/payment";
  private static final String RESPONSE = "x402/payment-response";
  private static final String ARGUMENTS = "{\"body\":{\"question\":\"why\"}}";

  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    buyer = shop.buyerWith(1_000_000);
  }

  @BeforeEach
  void answer() {
    shop.provider.does(
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          var answer =
              "{\"answer\":%d,\"to\":%s}"
                  .formatted(System.nanoTime(), new String(body, UTF_8))
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
        });
  }

  @Test
  void rule69AnUnpaidCallIsToldThePriceInBothPlacesAndDoesNotRun() {
    // When
    var result = call(answers(), ARGUMENTS, null);

    // Then
    assertThat(result.path("isError").booleanValue()).isTrue();
    var terms = result.path("structuredContent");
    assertThat(terms.path("x402Version").intValue()).isEqualTo(2);
    assertThat(terms.path("error").asText()).isEqualTo("Payment required");
    assertThat(terms.at("/resource/url").asText()).isEqualTo("mcp://tool/" + answers());
    assertThat(terms.at("/resource/description").asText()).isEqualTo("One answer");
    assertThat(terms.path("accepts")).isEqualTo(shop.terms().path("accepts"));
    assertThat(result.at("/content/0/type").asText()).isEqualTo("text");
    assertThat(Shop.json(result.at("/content/0/text").asText())).isEqualTo(terms);
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void rule69WhoHasNotPaidLearnsThePriceWhateverTheArguments() {
    for (var arguments : List.of("{}", "{\"body\":null,\"no\":1}", "[]")) {
      var result = call(answers(), arguments, null);

      assertThat(result.at("/structuredContent/accepts")).as(arguments).isNotEmpty();
      assertThat(result.path("isError").booleanValue()).isTrue();
    }
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void aPaidCallIsAnsweredAndChargedOnce() {
    // Given
    var before = shop.earned();
    var draft = draft().signed();

    // When
    var result = call(answers(), ARGUMENTS, draft.message());

    // Then
    assertThat(result.path("isError").booleanValue()).isFalse();
    assertThat(result.at("/structuredContent/to/question").asText()).isEqualTo("why");
    assertThat(Shop.json(result.at("/content/0/text").asText()))
        .isEqualTo(result.path("structuredContent"));
    var settlement = result.path("_meta").path(RESPONSE);
    assertThat(settlement.path("success").booleanValue()).isTrue();
    assertThat(settlement.path("network").asText()).isEqualTo("eip155:31337");
    assertThat(settlement.path("transaction").asText()).matches("0x[0-9a-f]{64}");
    assertThat(settlement.path("amount").asText()).isEqualTo("1000");
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aPaidCallHasTheReceiptsOfAnyOther() {
    // Given
    var draft = draft().signed();

    // When
    var meta = call(answers(), ARGUMENTS, draft.message()).path("_meta");

    // Then
    var receipt = Shop.json(shop.market.get(meta.path("stoa/receipt").asText()).body());
    assertThat(receipt.path("payment").asText()).isEqualTo(draft.id().toString());
    assertThat(receipt.at("/request/target").asText())
        .isEqualTo("mcp://tool/" + answers() + "/v1/answers");
    assertThat(meta.path(RESPONSE).at("/extensions/offer-receipt/info/receipt/payload/resourceUrl"))
        .hasToString("\"mcp://tool/" + answers() + "\"");
  }

  @Test
  void theSamePaymentAgainGetsTheSameAnswerAndDoesNotRun() {
    // Given
    var before = shop.earned();
    var draft = draft().signed();

    // When
    var first = call(answers(), ARGUMENTS, draft.message());
    var again = call(answers(), ARGUMENTS, draft.message());

    // Then
    assertThat(again).isEqualTo(first);
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void aPaymentThatWasSettledAnswersNoOtherArguments() {
    // Given
    var draft = draft().signed();
    call(answers(), ARGUMENTS, draft.message());

    // When
    var other = call(answers(), "{\"body\":{\"question\":\"how\"}}", draft.message());

    // Then
    assertThat(other.path("isError").booleanValue()).isTrue();
    assertThat(other.at("/structuredContent/code").asText()).isEqualTo("payment-used");
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aPaymentThatDoesNotHoldIsToldWhyAndDoesNotRun() {
    // Given
    var forged = draft().signed(new byte[65]);

    // When
    var result = call(answers(), ARGUMENTS, forged.message());

    // Then
    isRefused(result, "invalid_exact_evm_signature");
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void aSettlementThatFailsIsNotTakenForPaidAndTheContentIsWithheld() {
    // Given
    var payer = shop.buyerWithGas();
    var draft = new DraftPayment(payer, terms()).signed();
    shop.provider.does(
        (exchange, body) -> {
          shop.cancel(payer, draft);
          ScriptedProvider.send(exchange, 200, "the withheld answer");
        });

    // When
    var provisional = call(answers(), ARGUMENTS, draft.message());
    shop.finish(draft);
    var decided = call(answers(), ARGUMENTS, draft.message());

    // Then
    assertThat(provisional.path("isError").booleanValue()).isTrue();
    assertThat(provisional.at("/structuredContent/code").asText()).isEqualTo("payment-undecided");
    assertThat(provisional.toString()).doesNotContain("the withheld answer");
    assertThat(decided.path("isError").booleanValue()).isTrue();
    assertThat(decided.at("/structuredContent/x402Version").intValue()).isEqualTo(2);
    assertThat(decided.path("_meta").path(RESPONSE).path("success").booleanValue()).isFalse();
    assertThat(decided.path("_meta").path(RESPONSE).has("success")).isTrue();
    assertThat(decided.toString()).doesNotContain("the withheld answer");
    assertThat(shop.balanceOf(payer.address())).isEqualTo(BigInteger.valueOf(5_000));
  }

  @Test
  void rule20APaymentForAUrlIsNotForAToolNorTheOtherWayRound() {
    // Given
    var forUrl = shop.draft(buyer).signed();
    var forTool = draft().signed();

    // When
    var asTool = call(answers(), ARGUMENTS, forUrl.message());
    var asUrl = shop.pay(forTool.header(), "{\"question\":\"why\"}");

    // Then
    isRefused(asTool, "resource_mismatch");
    assertThat(asUrl.statusCode()).isEqualTo(402);
    var terms = DraftPayment.decode(asUrl.headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
    assertThat(terms.path("error").asText()).isEqualTo("resource_mismatch");
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void aPaymentThatNamesNoResourceIsGoodForOneOfBoth() {
    // Given
    var draft = draft().bent(message -> message.remove("resource")).signed();
    var before = shop.earned();
    call(answers(), ARGUMENTS, draft.message());

    // When
    var asUrl = shop.pay(draft.header(), "{\"question\":\"why\"}");

    // Then
    assertThat(asUrl.statusCode()).isEqualTo(409);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule8WhatIsNoPaymentIsRefusedWithTheTerms() {
    for (var payment : List.of("7", "\"x\"", "[]", "{}", "{\"x402Version\":\"2\"}")) {
      var result = call(answers(), ARGUMENTS, Shop.json(payment));

      isRefused(result, "invalid_x402_version");
    }
    isRefused(call(answers(), ARGUMENTS, Shop.json("{\"x402Version\":2}")), "invalid_payload");
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void argumentsThatAreWrongAreAnErrorAndCostNothing() {
    // Given
    var before = shop.earned();
    var draft = draft().signed();

    // When
    var wrong = rpc("tools/call", params(answers(), "{}", draft.message()));
    var served = call(answers(), ARGUMENTS, draft.message());

    // Then
    assertThat(wrong.at("/error/code").intValue()).isEqualTo(-32602);
    assertThat(wrong.at("/error/message").asText()).contains("/params/arguments/body");
    assertThat(served.path("isError").booleanValue()).isFalse();
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void aProviderThatFailsIsNotPaidForAndThePaymentStaysGood() {
    // Given
    var before = shop.earned();
    var draft = draft().signed();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 500, "secret trouble"));

    // When
    var failed = call(answers(), ARGUMENTS, draft.message());
    answer();
    var served = call(answers(), ARGUMENTS, draft.message());

    // Then
    assertThat(failed.path("isError").booleanValue()).isTrue();
    assertThat(failed.at("/structuredContent/code").asText()).isEqualTo("provider-failed");
    assertThat(failed.toString()).doesNotContain("secret trouble");
    assertThat(served.path("isError").booleanValue()).isFalse();
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void aProviderThatFindsFaultIsQuotedButCannotAskForMoney() {
    // Given
    var before = shop.earned();
    var demand = "{\"x402Version\":2,\"accepts\":[{\"payTo\":\"0xme\"}]}";
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 422, demand));

    // When
    var result = call(answers(), ARGUMENTS, draft().signed().message());

    // Then
    assertThat(result.path("isError").booleanValue()).isTrue();
    assertThat(result.at("/structuredContent/code").asText()).isEqualTo("provider-declined");
    assertThat(result.at("/content/0/text").asText()).doesNotContain("0xme");
    assertThat(result.at("/content/1/type").asText()).isEqualTo("resource");
    assertThat(result.at("/content/1/resource/blob").asText())
        .isEqualTo(Base64.getEncoder().encodeToString(demand.getBytes(UTF_8)));
    assertThat(shop.earned()).isEqualTo(before);
  }

  @Test
  void thePathAndTheQueryOfACallAreArguments() {
    // Given
    var tool = name(shop, "get.v1.items._pid");
    shop.provider.does(
        (exchange, body) -> {
          var asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          ScriptedProvider.send(exchange, 200, asked);
        });
    var arguments = "{\"pathParams\":{\"id\":\"a b\"},\"queryParams\":{\"size\":3}}";

    // When
    var result = call(tool, arguments, draft(tool).signed().message());

    // Then
    assertThat(result.at("/content/0/text").asText()).isEqualTo("GET /v1/items/a%20b?size=3");
  }

  @Test
  void streamsAreGathered() {
    // Given
    shop.provider.does(
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("data: one\n\n".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          exchange.getResponseBody().write("data: two\n\n".getBytes(UTF_8));
        });
    var wallet = ChannelWallet.with(shop, 20_000);

    // When
    var result = call(answers(), ARGUMENTS, voucher(wallet));

    // Then
    assertThat(result.at("/content/0/text").asText()).isEqualTo("data: one\n\ndata: two\n\n");
    assertThat(result.path("_meta").path(RESPONSE).at("/extra/chargedAmount").asText())
        .isEqualTo("1000");
  }

  @Test
  void aVoucherOfAChannelPaysForATool() {
    // Given
    var wallet = ChannelWallet.with(shop, 20_000);
    var voucher = voucher(wallet);

    // When
    var result = call(answers(), ARGUMENTS, voucher);
    var replayed = call(answers(), "{\"body\":{\"question\":\"how\"}}", voucher);

    // Then
    assertThat(result.at("/structuredContent/to/question").asText()).isEqualTo("why");
    var settlement = result.path("_meta").path(RESPONSE);
    assertThat(settlement.at("/extra/chargedAmount").asText()).isEqualTo("1000");
    assertThat(settlement.at("/extra/channelState/chargedCumulativeAmount").asText())
        .isEqualTo("1000");
    assertThat(result.path("_meta").path("stoa/receipt").asText()).startsWith("/v1/channels/");
    assertThat(replayed.path("isError").booleanValue()).isTrue();
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aMeteredCallThatUsedNothingIsAnsweredForNothing() {
    try (var metered = Shop.perToken(shop.market, 100, 20_000)) {
      // Given
      metered.provider.does(
          (exchange, body) -> {
            exchange.getResponseHeaders().set("Stoa-Usage", "output_token=0");
            ScriptedProvider.send(exchange, 200, "for free");
          });
      var tool = name(metered, "post.v1.answers");
      var wallet = metered.buyerWith(20_000);
      var terms = call(tool, ARGUMENTS, null).path("structuredContent");
      var payment = new DraftPermit(wallet, terms).approving().message();

      // When
      var result = call(tool, ARGUMENTS, payment);

      // Then
      assertThat(result.at("/content/0/text").asText()).isEqualTo("for free");
      var settlement = result.path("_meta").path(RESPONSE);
      assertThat(settlement.path("success").booleanValue()).isTrue();
      assertThat(settlement.path("transaction").asText()).isEmpty();
      assertThat(metered.balanceOf(wallet.address())).isEqualTo(20_000);
    }
  }

  @Test
  void anUnknownToolIsAnError() {
    for (var name : List.of("", "nothing", answers() + ".", "UP" + answers())) {
      var response = rpc("tools/call", params(name, "{}", null));

      assertThat(response.at("/error/code").intValue()).as(name).isEqualTo(-32602);
    }
  }

  @Test
  void everyDescribedCallIsInTheList() {
    // When
    var found =
        tools().stream().filter(tool -> tool.path("name").asText().equals(answers())).toList();

    // Then
    assertThat(found).hasSize(1);
    var tool = found.getFirst();
    assertThat(tool.path("description").asText()).startsWith("One answer");
    assertThat(tool.at("/inputSchema/properties/body/properties/question/type").asText())
        .isEqualTo("string");
    assertThat(tool.at("/inputSchema/properties/body/examples/0/question").asText())
        .isEqualTo("why");
  }

  /** Of all pages. */
  private static List<JsonNode> tools() {
    var tools = new ArrayList<JsonNode>();
    var page = rpc("tools/list", DraftPayment.JSON.createObjectNode()).path("result");
    page.path("tools").forEach(tools::add);
    while (page.has("nextCursor")) {
      var next = DraftPayment.JSON.createObjectNode().set("cursor", page.path("nextCursor"));
      page = rpc("tools/list", (ObjectNode) next).path("result");
      page.path("tools").forEach(tools::add);
    }
    return tools;
  }

  private static void isRefused(JsonNode result, String reason) {
    assertThat(result.path("isError").booleanValue()).isTrue();
    assertThat(result.at("/structuredContent/error").asText()).isEqualTo(reason);
    assertThat(result.at("/structuredContent/accepts")).isNotEmpty();
    assertThat(Shop.json(result.at("/content/0/text").asText()))
        .isEqualTo(result.path("structuredContent"));
    assertThat(result.path("content")).hasSize(1);
  }

  private static String answers() {
    return name(shop, "post.v1.answers");
  }

  private static String name(Shop where, String call) {
    return where.listing.path("listing").asText().replace('/', '.') + "." + call;
  }

  private static JsonNode terms() {
    return call(answers(), ARGUMENTS, null).path("structuredContent");
  }

  private static DraftPayment draft() {
    return draft(answers());
  }

  private static DraftPayment draft(String tool) {
    return new DraftPayment(buyer, call(tool, ARGUMENTS, null).path("structuredContent"));
  }

  private static JsonNode voucher(ChannelWallet wallet) {
    try {
      var terms = PaymentRequired.read(DraftPayment.header(terms().toString()));
      return DraftPayment.decode(wallet.sign(terms).header());
    } catch (MalformedPayment malformed) {
      throw new AssertionError(malformed);
    }
  }

  /** The result of a tool. */
  private static JsonNode call(String tool, String arguments, @Nullable JsonNode payment) {
    var response = rpc("tools/call", params(tool, arguments, payment));
    assertThat(response.has("result")).as(response.toString()).isTrue();
    return response.path("result");
  }

  private static ObjectNode params(String tool, String arguments, @Nullable JsonNode payment) {
    var params = DraftPayment.JSON.createObjectNode().put("name", tool);
    params.set("arguments", Shop.json(arguments));
    if (payment != null) {
      params.putObject("_meta").set(PAYMENT, payment);
    }
    return params;
  }

  private static JsonNode rpc(String method, ObjectNode params) {
    var message =
        DraftPayment.JSON
            .createObjectNode()
            .put("jsonrpc", "2.0")
            .put("id", 1)
            .put("method", method)
            .set("params", params);
    var answer =
        shop.send(
            shop.market,
            HttpRequest.newBuilder(shop.market.origin().resolve("/mcp"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(message.toString())));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
    return Shop.json(answer.body());
  }
}
