package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The facilitator's questions over HTTP: who may ask, and what comes back. */
class VerifyIT {
  private static final RunningMarket MARKET = RunningMarket.shared();
  private static final String KEY = "correct horse battery staple";
  private static final Address UNLISTED =
      Address.parse("0x2000000000000000000000000000000000004020");

  private static Address payee;
  private static SigningKey payer;

  @BeforeAll
  static void open() {
    payee = Question.listed(MARKET);
    payer = Question.buyer(MARKET, 1_000_000);
  }

  @Test
  void aGoodPaymentIsValid() {
    // When
    var answer = Question.transfer(MARKET, payer, payee).ask("/x402/verify");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/json");
    assertThat(answer.body())
        .isEqualTo("{\"isValid\":true,\"payer\":\"%s\"}".formatted(payer.address()));
  }

  @Test
  void rule61ABadPaymentIsAnAnswerToo() {
    // Given
    var question = Question.transfer(MARKET, payer, payee);
    question.at("/paymentPayload/payload/authorization").put("value", "999");

    // Then
    assertRefused(question.ask("/x402/verify"), "invalid_exact_evm_signature");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "null", "7", "{}", "{\"x402Version\":2}", "\u0000", "{}{}"})
  void rule61WhatCannotBeReadIsNoFaultOfTheNode(String body) {
    var answer = Question.ask(MARKET, "/x402/verify", body);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Question.json(answer).path("isValid").isBoolean()).isTrue();
    assertThat(Question.json(answer).path("isValid").booleanValue()).isFalse();
    assertThat(Question.json(answer).path("invalidReason").isTextual()).isTrue();
  }

  @Test
  void rule11DeepNestingIsRefused() {
    var deep = "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);

    assertRefused(Question.ask(MARKET, "/x402/verify", deep), "invalid_payload");
  }

  @Test
  void aBodyOfMoreThan64KiBIsTooLarge() {
    var answer = Question.ask(MARKET, "/x402/verify", " ".repeat(64 * 1024 + 1));

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void onlyPayeesOfListingsAreServedToEverybody() {
    assertRefused(
        Question.transfer(MARKET, payer, UNLISTED).ask("/x402/verify"), "payee_not_served");
  }

  @Test
  void whoHoldsAKeyMayAskAboutAnyPayeeAndWhoShowsAnotherMayNotAsk() {
    var hash = Bytes32.sha256(KEY.getBytes(UTF_8)).toString();
    try (var market =
        MARKET.secondInstance(
            Map.of(
                "stoa.facilitator.keys.shop.sha256", hash,
                "stoa.facilitator.requests-per-second", "2",
                "stoa.facilitator.requests-per-second-with-key", "1000"))) {
      var question = new Question(market, Question.transfer(MARKET, payer, UNLISTED).json());

      var withKey = question.ask("/x402/verify", "Authorization", "Bearer " + KEY);
      var withAnother = question.ask("/x402/verify", "Authorization", "Bearer guess");

      assertThat(Question.json(withKey).path("isValid").booleanValue()).isTrue();
      assertThat(withAnother.statusCode()).isEqualTo(403);
      assertThat(Question.json(withAnother).path("code").asText())
          .isEqualTo("facilitator-key-unknown");
      assertTooManyAreRefused(question);
    }
  }

  private static void assertTooManyAreRefused(Question question) {
    HttpResponse<String> last = question.ask("/x402/verify");
    for (int i = 0; i < 20 && last.statusCode() == 200; i++) {
      last = question.ask("/x402/verify");
    }
    assertThat(last.statusCode()).isEqualTo(429);
    assertThat(last.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    assertThat(question.ask("/x402/verify", "Authorization", "Bearer " + KEY).statusCode())
        .isEqualTo(200);
  }

  @Test
  void rule62SupportedNamesTheFacilitatorsOwnAccounts() {
    // When
    JsonNode supported = Question.json(MARKET.get("/x402/supported"));

    // Then
    var network = MARKET.surroundings().contracts().chain().toString();
    assertThat(supported.path("kinds").findValuesAsText("scheme"))
        .containsExactlyInAnyOrder("exact", "upto", "batch-settlement");
    assertThat(supported.path("kinds").findValuesAsText("network")).containsOnly(network);
    var sender = supported.at("/signers/eip155:*/0").asText();
    assertThat(supported.findValuesAsText("facilitatorAddress")).containsExactly(sender);
    assertThat(supported.findValuesAsText("receiverAuthorizer")).doesNotContain(sender);
    assertThat(sender).isNotEqualTo(Surroundings.wallet("operator").address().toString());
  }

  private static void assertRefused(HttpResponse<String> answer, String reason) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Question.json(answer).path("isValid").asText()).isEqualTo("false");
    assertThat(Question.json(answer).path("invalidReason").asText()).isEqualTo(reason);
  }
}
