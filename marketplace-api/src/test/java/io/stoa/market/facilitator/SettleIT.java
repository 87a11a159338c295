package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.Buyer;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settlements for other servers over HTTP. */
class SettleIT {
  private static final RunningMarket MARKET = RunningMarket.shared();

  private static Address payee;

  @BeforeAll
  static void open() {
    payee = Question.listed(MARKET);
  }

  @Test
  void rule41APaymentIsSettledOnceHoweverOftenItIsAsked() {
    // Given
    var payer = Question.buyer(MARKET, 1_000);
    var question = Question.transfer(MARKET, payer, payee);
    var before = balanceOf(payee);

    // When
    var first = settled(question.ask("/x402/settle"));
    var second = settled(question.ask("/x402/settle"));

    // Then
    assertThat(first).isEqualTo(second);
    assertThat(first.path("amount").asText()).isEqualTo("1000");
    assertThat(first.path("payer").asText()).isEqualTo(payer.address().toString());
    assertThat(balanceOf(payee).subtract(before)).isEqualTo(1_000);
    assertThat(balanceOf(payer.address())).isZero();
  }

  @Test
  void theFacilitatorPaysTheGasFromAnAccountOfItsOwn() {
    // When
    var answer =
        settled(
            Question.transfer(MARKET, Question.buyer(MARKET, 1_000), payee).ask("/x402/settle"));

    // Then
    var hash = new TxHash(Bytes32.parse(answer.path("transaction").asText()));
    var sender = MARKET.surroundings().rpc().transaction(hash).orElseThrow().from();
    var signers = Question.json(MARKET.get("/x402/supported")).at("/signers/eip155:*");
    assertThat(signers.get(0).asText()).isEqualTo(sender.toString());
  }

  @Test
  void rule37OfFiftySettlesAtOnceOneIsSent() throws Exception {
    // Given
    var payer = Question.buyer(MARKET, 5_000);
    var question = Question.transfer(MARKET, payer, payee);

    // When
    var transactions = new HashSet<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var visits = new ArrayList<Callable<JsonNode>>();
      for (int i = 0; i < 50; i++) {
        visits.add(() -> settled(question.ask("/x402/settle")));
      }
      for (var visit : threads.invokeAll(visits)) {
        transactions.add(visit.get().path("transaction").asText());
      }
    }

    // Then
    assertThat(transactions).hasSize(1);
    assertThat(balanceOf(payer.address())).isEqualTo(4_000);
  }

  @Test
  void aPaymentThatDoesNotHoldIsAnAnswer() {
    // Given
    var payer = Question.buyer(MARKET, 999);

    // When
    var answer = Question.transfer(MARKET, payer, payee).ask("/x402/settle");

    // Then
    assertFailed(answer, "invalid_exact_evm_insufficient_balance");
    assertThat(Question.json(answer).path("network").asText())
        .isEqualTo(MARKET.surroundings().contracts().chain().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"x402Version\":2}", "{}{}"})
  void whatCannotBeReadIsNoFaultOfTheNode(String body) {
    var answer = Question.ask(MARKET, "/x402/settle", body);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Question.json(answer).path("success").asText()).isEqualTo("false");
    assertThat(Question.json(answer).path("errorReason").isTextual()).isTrue();
    assertThat(Question.json(answer).path("transaction").asText("none")).isEmpty();
  }

  @Test
  void onlyPayeesOfListingsAreSettledForEverybody() {
    // Given
    var payer = Question.buyer(MARKET, 1_000);
    var unlisted = Address.parse("0x2000000000000000000000000000000000004020");

    // Then
    assertFailed(
        Question.transfer(MARKET, payer, unlisted).ask("/x402/settle"), "payee_not_served");
    assertThat(balanceOf(payer.address())).isEqualTo(1_000);
  }

  @Test
  void aShopOfSixLinesSellsThroughTheNode() throws Exception {
    // Given
    var key = "a key of some length";
    var payTo = Address.parse("0x0000000000000000000000000000000000005402");
    try (var market =
        MARKET.secondInstance(
            Map.of(
                "stoa.facilitator.keys.shop.sha256",
                Bytes32.sha256(key.getBytes(UTF_8)).toString()))) {
      var price = new TokenAmount(Question.domain(market).asset(), BigInteger.valueOf(250));
      var facilitator = ReadmeExamples.facilitator(market.origin().resolve("/x402"), key);
      var shop = new ReadmeExamples.Shop(ReadmeExamples.paywall(facilitator, price, payTo));

      // When
      var unpaid = shop.answers(null);
      var payment =
          pay(Question.buyer(market, 250), price, unpaid.getHeaderString(X402.PAYMENT_REQUIRED));
      var paid = shop.answers(payment);
      var copy = shop.answers(payment);

      // Then
      assertThat(unpaid.getStatus()).isEqualTo(402);
      assertThat(paid.getStatus()).isEqualTo(200);
      assertThat(paid.getEntity()).isEqualTo("42");
      var settlement = SettlementResponse.read(paid.getHeaderString(X402.PAYMENT_RESPONSE));
      assertThat(settlement.amount()).isEqualTo(Optional.of(price.units()));
      assertThat(copy.getStatus()).isEqualTo(402);
      assertThat(balanceOf(payTo)).isEqualTo(250);
    }
  }

  private static String pay(SigningKey wallet, TokenAmount price, String header) throws Exception {
    var required = PaymentRequired.read(header);
    var buyer = new Buyer(wallet, price, Clock.systemUTC());
    return buyer.pay(required, buyer.choose(required).orElseThrow()).header();
  }

  private static BigInteger balanceOf(Address account) {
    var surroundings = MARKET.surroundings();
    return new TokenReads(surroundings.rpc())
        .balanceOf(surroundings.contracts().usdCoin(), account, BlockId.LATEST);
  }

  private static JsonNode settled(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var json = Question.json(answer);
    assertThat(json.path("success").booleanValue()).as(answer.body()).isTrue();
    return json;
  }

  private static void assertFailed(HttpResponse<String> answer, String reason) {
    assertThat(answer.statusCode()).isEqualTo(200);
    var json = Question.json(answer);
    assertThat(json.path("success").asText()).isEqualTo("false");
    assertThat(json.path("errorReason").asText()).isEqualTo(reason);
    assertThat(json.path("transaction").asText("none")).isEmpty();
  }
}
