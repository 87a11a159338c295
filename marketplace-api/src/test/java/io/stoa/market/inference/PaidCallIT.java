package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payments that hold: served once, charged once, whatever happens on the way. */
class PaidCallIT {
  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    buyer = shop.buyerWith(1_000_000);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void rule23AValidPaymentIsServedOnceAndThePayeeGetsExactlyThePrice() {
    // Given
    var before = shop.earned();

    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("answer to hello");
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule12ASuccessfulReplyTellsItsSettlement() {
    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    var settlement = settlement(answer);
    assertThat(settlement.path("success").booleanValue()).isTrue();
    assertThat(settlement.path("network").asText()).isEqualTo("eip155:31337");
    assertThat(settlement.path("transaction").asText()).matches("0x[0-9a-f]{64}");
    assertThat(settlement.path("amount").asText()).isEqualTo("1000");
    assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("private");
  }

  @Test
  void aSettledPaymentHasAReceipt() {
    // Given
    var draft = shop.draft(buyer).signed();

    // When
    var answer = shop.pay(draft.header(), "hello");

    // Then
    var receipt =
        Shop.json(
            shop.market.get(answer.headers().firstValue("Stoa-Receipt").orElseThrow()).body());
    assertThat(receipt.path("payment").asText()).isEqualTo(draft.id().toString());
    assertThat(receipt.at("/price/amount").asText()).isEqualTo("1000");
    assertThat(receipt.path("transaction")).isEqualTo(settlement(answer).path("transaction"));
    assertThat(receipt.at("/signature/value").asText()).matches("0x[0-9a-f]{130}");
  }

  @Test
  void rule14AFailingProviderIsNotPaidForAndThePaymentStaysGood() {
    // Given
    var before = shop.earned();
    var draft = shop.draft(buyer).signed();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 500, "secret trouble"));

    // When
    var failed = shop.pay(draft.header(), "hello");
    shop.provider.echoes();
    var served = shop.pay(draft.header(), "hello");

    // Then
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(failed.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(failed.body()).doesNotContain("secret trouble");
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void aProviderThatDiesMidwayIsNotPaidFor() {
    // Given
    var before = shop.earned();
    var draft = shop.draft(buyer).signed();
    shop.provider.does(
        (exchange, body) -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(new byte[500]);
          throw new java.io.IOException("gone");
        });

    // When
    var failed = shop.pay(draft.header(), "hello");
    shop.provider.echoes();
    var served = shop.pay(draft.header(), "hello");

    // Then
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void aProviderThatFindsFaultIsQuotedAndNotPaidFor() {
    // Given
    var before = shop.earned();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 422, "no such model"));

    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).isEqualTo("no such model");
    assertThat(answer.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
    assertThat(shop.earned()).isEqualTo(before);
  }

  @Test
  void aProvidersWordsNeverPassForTheNodesOwnAboutThePayment() {
    for (int status : List.of(402, 407, 412, 431)) {
      // Given
      shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, status, "pay me"));

      // When
      var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

      // Then
      assertThat(answer.statusCode()).as("for " + status).isEqualTo(502);
      assertThat(answer.body()).contains("provider-failed").doesNotContain("pay me");
    }
  }

  @Test
  void aRedirectIsAFailureAndIsNotFollowed() {
    // Given
    shop.provider.does(
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Location", shop.provider.url() + "/elsewhere");
          ScriptedProvider.send(exchange, 302, "");
        });

    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aProviderIsAskedThreeTimesForOnePaymentAndNoMore() {
    // Given
    var draft = shop.draft(buyer).signed();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 500, ""));

    // When
    var answers = new ArrayList<Integer>();
    for (int i = 0; i < 4; i++) {
      answers.add(shop.pay(draft.header(), "hello").statusCode());
    }

    // Then
    assertThat(answers).containsExactly(502, 502, 502, 402);
    assertThat(shop.provider.calls()).isEqualTo(3);
  }

  @Test
  void whatIdentifiesTheBuyerDoesNotReachTheProvider() {
    // Given
    var seen = new AtomicReference<com.sun.net.httpserver.Headers>();
    shop.provider.does(
        (exchange, body) -> {
          seen.set(exchange.getRequestHeaders());
          exchange.getResponseHeaders().set("Set-Cookie", "tracker=1");
          exchange.getResponseHeaders().set("X-Kept", "yes");
          ScriptedProvider.send(exchange, 200, "fine");
        });

    // When
    var answer =
        shop.send(
            shop.market,
            shop.request(shop.market, "hello")
                .header("PAYMENT-SIGNATURE", shop.draft(buyer).signed().header())
                .header("Authorization", "Bearer secret")
                .header("Cookie", "session=1")
                .header("X-Mine", "kept"));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(seen.get()).doesNotContainKeys("Authorization", "Cookie", "Payment-signature");
    assertThat(seen.get()).containsKeys("X-mine", "Signature", "Signature-input", "Content-digest");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(answer.headers().firstValue("X-Kept")).contains("yes");
    assertThat(answer.headers().firstValue("Content-Security-Policy")).contains("sandbox");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void rule34TheSamePaymentThreeTimesInARowIsServedAndChargedOnce() {
    // Given
    var before = shop.earned();
    var header = shop.draft(buyer).signed().header();

    // When
    var answers = new ArrayList<HttpResponse<String>>();
    for (int i = 0; i < 3; i++) {
      answers.add(shop.pay(header, "hello"));
    }

    // Then
    isOneAnswer(answers);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void rule35FiftyCopiesAtOnceAreServedAndChargedOnce() {
    // Given
    var before = shop.earned();
    var sent = transactions();
    var header = shop.draft(buyer).signed().header();

    // When
    var answers = Shop.atOnce(50, () -> shop.pay(header, "hello"));

    // Then: rule 37 too, one call and one transaction
    isOneAnswer(answers);
    assertThat(shop.provider.calls()).isOne();
    assertThat(transactions()).isEqualTo(sent + 1);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void rule36FiftyEncodingsOfOneAuthorizationAreServedAndChargedOnce() {
    // Given
    var before = shop.earned();
    var sent = transactions();
    var json = shop.draft(buyer).signed().message().toString();
    var calls = new ArrayList<Callable<HttpResponse<String>>>();
    for (int i = 0; i < 50; i++) {
      var header = encoding(json, i);
      calls.add(() -> shop.pay(header, "hello"));
    }

    // When
    var answers = Shop.atOnce(calls);

    // Then
    isOneAnswer(answers);
    assertThat(shop.provider.calls()).isOne();
    assertThat(transactions()).isEqualTo(sent + 1);
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void rule37CopiesOfAPaymentInProgressDoNotAskTheProvider() {
    // Given
    var header = shop.draft(buyer).signed().header();
    var go = new CompletableFuture<Void>();
    shop.provider.does(
        (exchange, body) -> {
          go.join();
          ScriptedProvider.send(exchange, 200, "slow answer");
        });

    // When
    var copies = CompletableFuture.supplyAsync(() -> Shop.atOnce(10, () -> shop.pay(header, "x")));
    await().until(() -> shop.provider.calls() > 0);
    go.complete(null);

    // Then
    isOneAnswer(copies.join());
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aSettledPaymentDoesNotAnswerAnotherRequest() {
    // Given
    var header = shop.draft(buyer).signed().header();
    shop.pay(header, "first");

    // When
    var otherBody = shop.pay(header, "second");
    var otherPath =
        shop.send(
            shop.market,
            HttpRequest.newBuilder(shop.market.origin().resolve(shop.path() + "?q=1"))
                .header("PAYMENT-SIGNATURE", header)
                .POST(HttpRequest.BodyPublishers.ofString("first")));

    // Then
    assertThat(otherBody.statusCode()).isEqualTo(409);
    assertThat(otherPath.statusCode()).isEqualTo(409);
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void fiftyPaymentsOnABalanceForOneAskTheProviderOnce() {
    // Given
    var poor = shop.buyerWith(1_000);
    var headers = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      headers.add(shop.draft(poor).signed().header());
    }

    // When
    var answers =
        Shop.atOnce(
            headers.stream()
                .<Callable<HttpResponse<String>>>map(header -> () -> shop.pay(header, "hello"))
                .toList());

    // Then
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 402)).hasSize(49);
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.balanceOf(poor.address())).isZero();
  }

  @Test
  void rule39ThePaymentIsClaimedDurablyBeforeTheProviderIsAsked() {
    // Given
    var draft = shop.draft(buyer).signed();
    var states = new ArrayList<String>();
    shop.provider.does(
        (exchange, body) -> {
          states.add(stateInTheDatabase(draft));
          ScriptedProvider.send(exchange, 200, "fine");
        });

    // When
    shop.pay(draft.header(), "hello");

    // Then
    assertThat(states).containsExactly("VERIFIED");
    assertThat(stateInTheDatabase(draft)).isEqualTo("SETTLED");
  }

  @Test
  void rule13AnAuthorizationCancelledMeanwhileIsVoidAndItsAnswerWithheld() {
    // Given
    var payer = shop.buyerWithGas();
    var draft = shop.draft(payer).signed();
    shop.provider.does(
        (exchange, body) -> {
          shop.cancel(payer, draft);
          ScriptedProvider.send(exchange, 200, "the withheld answer");
        });

    // When
    var provisional = shop.pay(draft.header(), "hello");
    shop.finish(draft);
    var decided = shop.pay(draft.header(), "hello");

    // Then
    assertThat(provisional.statusCode()).isEqualTo(503);
    assertThat(provisional.body()).doesNotContain("the withheld answer");
    assertThat(decided.statusCode()).isEqualTo(402);
    assertThat(settlement(decided).path("success").booleanValue()).isFalse();
    assertThat(settlement(decided).path("transaction").isTextual()).isTrue();
    assertThat(decided.body()).doesNotContain("the withheld answer");
    assertThat(shop.status(draft)).isEqualTo("VOID");
    assertThat(shop.balanceOf(payer.address())).isEqualTo(BigInteger.valueOf(5_000));
  }

  @Test
  void anAuthorizationThatAStrangerSubmittedForUsIsSettled() {
    // Given
    var before = shop.earned();
    var draft = shop.draft(buyer).signed();
    shop.provider.does(
        (exchange, body) -> {
          submit(Surroundings.wallet("member-1"), draft);
          ScriptedProvider.send(exchange, 200, "paid by a stranger");
        });

    // When
    var answer = shop.pay(draft.header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("paid by a stranger");
    assertThat(shop.status(draft)).isEqualTo("SETTLED");
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void anAuthorizationSpentElsewhereIsVoid() {
    // Given: the payer signs the same nonce again, to somebody else
    var payer = shop.buyerWith(5_000);
    var draft = shop.draft(payer).signed();
    var other =
        shop.draft(payer)
            .with("nonce", draft.nonce().toString())
            .with("to", buyer.address().toString())
            .signed();
    shop.provider.does(
        (exchange, body) -> {
          submit(Surroundings.wallet("member-1"), other);
          ScriptedProvider.send(exchange, 200, "the withheld answer");
        });

    // When
    var answer = shop.pay(draft.header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).doesNotContain("the withheld answer");
    assertThat(shop.status(draft)).isEqualTo("VOID");
  }

  @Test
  void rule19AQuoteStaysPayableAfterThePriceChanged() {
    // Given
    try (var other = Shop.in(RunningMarket.shared())) {
      var payer = other.buyerWith(10_000);
      var quoted = other.draft(payer).signed();
      other.chargeFromNowOn(2_000);

      // When
      var atTheOldPrice = other.pay(quoted.header(), "hello");
      var atTheNewPrice = other.pay(other.draft(payer).signed().header(), "hello");

      // Then
      assertThat(atTheOldPrice.statusCode()).isEqualTo(200);
      assertThat(settlement(atTheOldPrice).path("amount").asText()).isEqualTo("1000");
      assertThat(settlement(atTheNewPrice).path("amount").asText()).isEqualTo("2000");
    }
  }

  @Test
  void aPaymentThatNobodyHasSeenAndAMalformedIdAreProblems() {
    assertThat(shop.market.get("/v1/payments/0x" + "00".repeat(32)).statusCode()).isEqualTo(404);
    assertThat(shop.market.get("/v1/payments/zero").statusCode()).isEqualTo(400);
    assertThat(shop.market.get("/v1/receipts/0x" + "00".repeat(32)).statusCode()).isEqualTo(404);
  }

  @Test
  void anOversizedRequestIsRefusedAndAnOversizedAnswerNotPaidFor() {
    // Given
    var before = shop.earned();
    shop.provider.does(
        (exchange, body) -> ScriptedProvider.send(exchange, 200, "x".repeat(5 * 1024 * 1024)));

    // When
    var tooMuch = shop.pay(shop.draft(buyer).signed().header(), "x".repeat(2 * 1024 * 1024));
    var tooLong = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(tooMuch.statusCode()).isEqualTo(413);
    assertThat(tooLong.statusCode()).isEqualTo(502);
    assertThat(shop.earned()).isEqualTo(before);
  }

  private static void isOneAnswer(List<HttpResponse<String>> answers) {
    assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    assertThat(answers.stream().map(HttpResponse::body).distinct()).hasSize(1);
    assertThat(answers.stream().map(answer -> settlement(answer).path("transaction")).distinct())
        .hasSize(1);
  }

  static com.fasterxml.jackson.databind.JsonNode settlement(HttpResponse<String> answer) {
    return DraftPayment.decode(answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow());
  }

  /** The same authorization in another spelling: blanks, order, case, extra members. */
  private static String encoding(String json, int variant) {
    var text = variant % 2 == 0 ? json : " ".repeat(variant) + json.replace(",", " , ");
    if (variant % 3 == 1) {
      text = text.replaceFirst("\\{", "{\"extra" + variant + "\":" + variant + ",");
    }
    if (variant % 5 == 2) {
      var from = "\"from\":\"";
      int at = json.indexOf(from) + from.length();
      var address = json.substring(at, at + 42);
      text = text.replace(address, "0x" + address.substring(2).toUpperCase(Locale.ROOT));
    }
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static void submit(SigningKey stranger, DraftPayment draft) {
    var authorization = draft.message().at("/payload/authorization");
    var signature = Bytes.parse(draft.message().at("/payload/signature").asText()).toBytes();
    var call =
        Abi.callWithBytes(
            Abi.selector(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"),
            signature,
            Abi.word(io.stoa.domain.Address.parse(authorization.path("from").asText())),
            Abi.word(io.stoa.domain.Address.parse(authorization.path("to").asText())),
            Abi.word(new BigInteger(authorization.path("value").asText())),
            Abi.word(new BigInteger(authorization.path("validAfter").asText())),
            Abi.word(new BigInteger(authorization.path("validBefore").asText())),
            draft.nonce());
    shop.market
        .surroundings()
        .send(stranger, UnsignedTransaction.call(draft.chain(), draft.token(), Bytes.of(call)));
  }

  private static long transactions() {
    var operator = Surroundings.wallet("operator").address().toString();
    return Long.decode(shop.chain("eth_getTransactionCount", operator, "latest").asText());
  }

  private static String stateInTheDatabase(DraftPayment draft) {
    var database = shop.market.surroundings().database();
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var select = connection.prepareStatement("select state from till.payment where id = ?")) {
      select.setBytes(1, draft.id().value().toBytes());
      try (var rows = select.executeQuery()) {
        return rows.next() ? rows.getString(1) : "none";
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }
}
