package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.testkit.market.RunningMarket;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Payments that do not hold: refused before the provider is asked, never charged, never a failure
 * of the node.
 */
class PaymentFormIT {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    buyer = shop.buyerWith(100_000);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void rule6HeaderNamesAreMatchedWithoutRegardToCase() {
    // Given
    var header = shop.draft(buyer).signed().header();

    // When
    var answer =
        shop.send(
            shop.market, shop.request(shop.market, "case").header("pAyMeNt-SiGnAtUrE", header));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "%%%",
        "e30",
        "bnVsbA==",
        "W10=",
        "MQ==",
        "eyJ4NDAyVmVyc2lvbiI6Mg==",
        "====",
        "_-_-"
      })
  void rule7AHeaderThatIsNoPaymentIsRefused(String header) {
    refuses(shop.pay(header, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "null", "1", "3", "2.0", "[2]", "true", "22222222222222222222"})
  void rule8AnotherVersionIsRefused(String version) {
    // Given
    var json = shop.draft(buyer).signed().message().toString();

    // When, Then
    refuses(
        shop.pay(
            DraftPayment.header(json.replace("\"x402Version\":2", "\"x402Version\":" + version)),
            "x"));
    refuses(shop.pay(DraftPayment.header(json.replace("\"x402Version\":2,", "")), "x"));
  }

  @Test
  void rule9AMissingOrMistypedPartIsRefused() {
    for (var part : List.of("accepted", "payload")) {
      refuses(pay(message -> message.remove(part)));
      refuses(pay(message -> message.put(part, "text")));
      refuses(pay(message -> message.putNull(part)));
      refuses(pay(message -> message.putArray(part)));
    }
    refuses(pay(message -> ((ObjectNode) message.path("payload")).putObject("authorization")));
    refuses(
        pay(
            message ->
                ((ObjectNode) message.at("/payload/authorization")).putObject("from").put("a", 1)));
  }

  @Test
  void rule10ALongHeaderIsTakenAndATooLongOneRefused() {
    // Given
    var padding = "p".repeat(20 * 1024);

    // When
    var taken = pay(message -> message.putObject("extensions").put("padding", padding));

    // Then
    assertThat(taken.statusCode()).isEqualTo(200);
    // The server hangs up on the rest of such a header, and then a client may miss its answer.
    await()
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(
            () -> shop.pay("A".repeat(80 * 1024), "x").statusCode(), List.of(400, 431)::contains);
    assertThat(shop.ask("{}").statusCode()).isEqualTo(402);
  }

  @Test
  void rule11DeepNestingIsRefused() {
    // Given
    var deep = "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);

    // When, Then
    refuses(shop.pay(DraftPayment.header(deep), "x"));
  }

  @Test
  void rule16RefusalsTellNothingOfTheInside() {
    for (var answer :
        List.of(
            shop.pay("garbage", "x"),
            shop.pay(shop.draft(buyer).with("value", "1").signed().header(), "x"),
            shop.pay(DraftPayment.header("{\"x402Version\":2,\"accepted\":{}}"), "x"))) {
      var told =
          answer.body()
              + DraftPayment.decode(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
      assertThat(told).doesNotContain("Exception", "io.stoa", "jackson", "\tat ", "select ");
      assertThat(told).doesNotContain(shop.market.surroundings().chain().rpc().toString());
    }
  }

  @Test
  void rule17AnotherOptionThanTheOfferedIsRefused() {
    refuses(accepted(option -> option.put("scheme", "upto")));
    refuses(accepted(option -> option.put("network", "eip155:1")));
    refuses(accepted(option -> option.put("amount", "999")));
    refuses(accepted(option -> option.put("asset", buyer.address().toString())));
    refuses(accepted(option -> option.put("payTo", buyer.address().toString())));
    refuses(accepted(option -> option.put("maxTimeoutSeconds", 61)));
  }

  @Test
  void rule18ServerSetExtrasMustStayAndOthersMayCome() {
    refuses(accepted(option -> ((ObjectNode) option.path("extra")).remove("name")));
    refuses(accepted(option -> ((ObjectNode) option.path("extra")).put("version", "3")));

    var more = accepted(option -> ((ObjectNode) option.path("extra")).put("mine", true));
    assertThat(more.statusCode()).isEqualTo(200);
  }

  @Test
  void rule20APaymentForAnotherResourceIsRefused() {
    refuses(
        pay(
            message ->
                ((ObjectNode) message.path("resource"))
                    .put("url", shop.market.origin() + "/x/other/thing")));
  }

  @Test
  void rule21WhatCataloguesAreToldMayBeEchoedWithAdditionsButNotChanged() {
    // Given
    var told = (ObjectNode) shop.terms().path("extensions");
    var changed = told.deepCopy();
    ((ObjectNode) changed.at("/bazaar/info/input/body")).put("question", "what");
    var more = told.deepCopy();
    ((ObjectNode) more.at("/bazaar/info/input")).putObject("pathParams");

    // When, Then
    var refused = pay(message -> message.set("extensions", changed));
    refuses(refused);
    assertThat(refused.body()).contains("extension_echo_mismatch");
    assertThat(pay(message -> message.set("extensions", told)).statusCode()).isEqualTo(200);
    assertThat(pay(message -> message.set("extensions", more)).statusCode()).isEqualTo(200);
  }

  @Test
  void rule22UnknownMembersAndExtensionsAreIgnored() {
    // When
    var answer =
        pay(
            message -> {
              message.put("unknown", "member");
              message.putObject("extensions").putObject("never-heard-of").put("info", 1);
            });

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void rule24AChangedAuthorizationUnderAnOldSignatureIsRefused() {
    for (var change :
        List.<Consumer<ObjectNode>>of(
            it -> it.put("value", "2000"),
            it -> it.put("to", buyer.address().toString()),
            it -> it.put("from", "0x2000000000000000000000000000000000004020"),
            it -> it.put("validAfter", "1"),
            it -> it.put("validBefore", Long.toString(Instant.now().getEpochSecond() + 59)),
            it -> it.put("nonce", Bytes32.ZERO.toString()))) {
      refuses(pay(message -> change.accept((ObjectNode) message.at("/payload/authorization"))));
    }
  }

  @Test
  void rule25AnotherValueOrPayeeIsRefusedHoweverWellSigned() {
    refuses(shop.pay(shop.draft(buyer).with("value", "999").signed().header(), "x"));
    refuses(shop.pay(shop.draft(buyer).with("value", "1001").signed().header(), "x"));
    refuses(
        shop.pay(shop.draft(buyer).with("to", buyer.address().toString()).signed().header(), "x"));
  }

  @Test
  void rule26AnAuthorizationThatEndsTooSoonOrBeginsTooLateIsRefused() {
    long now = Instant.now().getEpochSecond();
    refuses(
        shop.pay(
            shop.draft(buyer).with("validBefore", Long.toString(now + 5)).signed().header(), "x"));
    refuses(
        shop.pay(
            shop.draft(buyer).with("validAfter", Long.toString(now + 30)).signed().header(), "x"));
  }

  @Test
  void anAuthorizationThatLivesLongerThanTheTermsAllowIsRefused() {
    long tooLong = Instant.now().getEpochSecond() + 600;

    refuses(
        shop.pay(
            shop.draft(buyer).with("validBefore", Long.toString(tooLong)).signed().header(), "x"));
    refuses(
        shop.pay(
            shop.draft(buyer)
                .with("validBefore", BigInteger.TWO.pow(255).toString())
                .signed()
                .header(),
            "x"));
  }

  @Test
  void rule27ASignatureForAnotherDomainIsRefused() {
    var chain = shop.draft(buyer).chain();
    var token = shop.draft(buyer).token();
    refuses(signedIn("USD Coin", "2", new ChainId(1), token));
    refuses(signedIn("USD Coin", "2", chain, buyer.address()));
    refuses(signedIn("USDC", "2", chain, token));
    refuses(signedIn("USD Coin", "1", chain, token));
  }

  @Test
  void rule28AnotherEncodingOfASignatureIsRefusedBeforeAnythingIsSent() {
    // Given
    var draft = shop.draft(buyer);
    var good = draft.signature();
    var s = new BigInteger(1, Arrays.copyOfRange(good, 32, 64));
    var highS = good.clone();
    System.arraycopy(Bytes32.of(ORDER.subtract(s)).toBytes(), 0, highS, 32, 32);
    highS[64] = (byte) (55 - good[64]);
    var oldV = good.clone();
    oldV[64] = (byte) (good[64] - 27);
    var zeroR = good.clone();
    Arrays.fill(zeroR, 0, 32, (byte) 0);
    long height = height();

    // When, Then
    for (var loose :
        List.of(
            highS,
            oldV,
            zeroR,
            Arrays.copyOf(good, 64),
            Arrays.copyOf(good, 66),
            new byte[65],
            new byte[0])) {
      refuses(shop.pay(draft.signed(loose).header(), "x"));
    }
    assertThat(shop.chain("eth_getTransactionCount", operator(), "pending").asText())
        .isEqualTo(shop.chain("eth_getTransactionCount", operator(), "latest").asText());
    assertThat(height()).isGreaterThanOrEqualTo(height);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000",
        "\"0x3e8\"",
        "\"+1000\"",
        "\"1e3\"",
        "\" 1000\"",
        "\"1000 \"",
        "\"\"",
        "\"-1000\"",
        "null",
        "[1000]",
        "1e400"
      })
  void rule29NumbersAreStringsOfDecimalDigits(String value) {
    // Given
    var json = shop.draft(buyer).signed().message().toString();

    // When, Then
    for (var member : List.of("value", "validAfter", "validBefore")) {
      var bent =
          json.replaceAll(
              "\"" + member + "\":\"[0-9]+\"", "\"" + member + "\":" + value.replace("\\", ""));
      refuses(shop.pay(DraftPayment.header(bent), "x"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x",
        "0x11",
        "1111",
        "0x1111111111111111111111111111111111111111111111111111111111111111ff",
        "0xzz11111111111111111111111111111111111111111111111111111111111111"
      })
  void rule30ANonceThatIsNot32BytesIsRefused(String nonce) {
    refuses(
        pay(message -> ((ObjectNode) message.at("/payload/authorization")).put("nonce", nonce)));
  }

  @Test
  void rule31APayerWithoutBalanceIsRefusedWithoutAskingTheProvider() {
    // Given
    var poor = shop.buyerWith(0);

    // When
    var answer = shop.pay(shop.draft(poor).signed().header(), "x");

    // Then
    refuses(answer);
    assertThat(error(answer)).contains("insufficient_balance");
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void rule32AnAccountWithCodeThatDoesNotSayItSignedIsRefused() {
    // Given
    var wallet = shop.buyerWith(5_000);
    shop.chain("anvil_setCode", wallet.address().toString(), "0x60006000fd");

    // When
    var answer = shop.pay(shop.draft(wallet).signed().header(), "x");

    // Then
    refuses(answer);
    assertThat(error(answer)).isEqualTo("invalid_exact_evm_signature");
  }

  private static HttpResponse<String> pay(Consumer<ObjectNode> bend) {
    return shop.pay(shop.draft(buyer).signed().bent(bend).header(), "x");
  }

  private static HttpResponse<String> accepted(Consumer<ObjectNode> bend) {
    return pay(message -> bend.accept((ObjectNode) message.path("accepted")));
  }

  private static HttpResponse<String> signedIn(
      String name, String version, ChainId chain, Address token) {
    return shop.pay(shop.draft(buyer).inDomain(name, version, chain, token).signed().header(), "x");
  }

  private static void refuses(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 402);
    assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isPresent();
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(error(answer)).isNotEmpty();
    assertThat(answer.body()).doesNotContain("answer to");
  }

  private static String error(HttpResponse<String> answer) {
    return DraftPayment.decode(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow())
        .path("error")
        .asText();
  }

  private static long height() {
    return Long.decode(shop.chain("eth_blockNumber").asText());
  }

  private static String operator() {
    return io.stoa.testkit.market.Surroundings.wallet("operator").address().toString();
  }
}
