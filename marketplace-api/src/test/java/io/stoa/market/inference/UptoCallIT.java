package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metered calls, each paid by itself under a signed ceiling, for 100 units a token. */
class UptoCallIT {
  private static final String REQUEST = "{\"max_tokens\":50}";
  private static final long CEILING = 5_000;

  @AutoClose private static Shop shop;

  private SigningKey wallet;
  private JsonNode terms;

  @BeforeAll
  static void open() {
    shop = Shop.perToken(RunningMarket.shared(), 100, 20_000);
  }

  @BeforeEach
  void fill() {
    wallet = shop.buyerWith(CEILING);
    writesTokens(7);
    terms =
        DraftPayment.decode(
            shop.ask(REQUEST).headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
  }

  @Test
  void aMeteredOfferIsPaidByChannelOrUpToACeilingOrInFull() {
    assertThat(terms.path("accepts").findValuesAsText("scheme"))
        .isEqualTo(List.of("batch-settlement", "upto", "exact"));
    var upto = DraftPermit.option(terms);
    assertThat(upto.path("amount").asText()).isEqualTo(Long.toString(CEILING));
    assertThat(upto.at("/extra/assetTransferMethod").asText()).isEqualTo("permit2");
    assertThat(upto.at("/extra/facilitatorAddress").asText()).startsWith("0x");
    assertThat(terms.at("/extensions/eip2612GasSponsoring/info/version").asText()).isEqualTo("1");
  }

  @Test
  void rule44WhatWasUsedIsChargedAndTold() {
    // Given
    var earned = shop.earned();

    // When
    var answer = pay(new DraftPermit(wallet, terms).approving());

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    var settlement = settlement(answer);
    assertThat(settlement.path("success").booleanValue()).isTrue();
    assertThat(settlement.path("amount").asText()).isEqualTo("700");
    assertThat(settlement.path("transaction").asText()).startsWith("0x");
    assertThat(shop.earned()).isEqualTo(earned.add(BigInteger.valueOf(700)));
    assertThat(shop.balanceOf(wallet.address())).isEqualTo(CEILING - 700);
    assertThat(receipt(answer).at("/price/amount").asText()).isEqualTo("700");
    assertThat(receipt(answer).path("usage").asText()).contains("output_token=7");
  }

  @Test
  void rule44NoMoreThanTheCeilingIsChargedWhateverAProviderCounts() {
    // Given
    writesTokens(1_000);

    // When
    var answer = pay(new DraftPermit(wallet, terms).approving());

    // Then
    assertThat(settlement(answer).path("amount").asText()).isEqualTo(Long.toString(CEILING));
    assertThat(shop.balanceOf(wallet.address())).isZero();
  }

  @Test
  void rule45WhatComesToNothingMovesNothingAndIsNotServedTwice() {
    // Given
    writesTokens(0);
    var draft = new DraftPermit(wallet, terms).approving();

    // When
    var answer = pay(draft);
    var again = pay(draft);

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(settlement(answer).path("amount").asText()).isEqualTo("0");
    assertThat(settlement(answer).path("transaction").asText()).isEmpty();
    assertThat(receipt(answer).at("/price/amount").asText()).isEqualTo("0");
    assertThat(again.body()).isEqualTo(answer.body());
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.balanceOf(wallet.address())).isEqualTo(CEILING);
  }

  @Test
  void rules34And41ACopyIsAnsweredWithTheSameSettlement() {
    // Given
    var draft = new DraftPermit(wallet, terms).approving();

    // When
    var answers = Shop.atOnce(8, () -> pay(draft));

    // Then
    assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    assertThat(answers)
        .extracting(UptoCallIT::settlement)
        .containsOnly(settlement(answers.getFirst()));
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.balanceOf(wallet.address())).isEqualTo(CEILING - 700);
  }

  @Test
  void rule47WhoHasNotApprovedPermit2IsToldSoAndMayPresentTheSamePaymentAgain() {
    // Given
    var draft = new DraftPermit(wallet, terms);

    // When
    var refused = pay(draft);
    var approved = pay(draft.approving());

    // Then
    assertThat(refused.statusCode()).isEqualTo(412);
    assertThat(
            DraftPayment.decode(refused.headers().firstValue("PAYMENT-REQUIRED").orElseThrow())
                .path("error")
                .asText())
        .isEqualTo("permit2_allowance_required");
    assertThat(approved.statusCode()).isEqualTo(200);
    assertThat(shop.provider.calls()).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "amount, 4999, permit2-amount-mismatch",
    "payTo, 0x1111111111111111111111111111111111111111, invalid-permit2-recipient-mismatch",
    "asset, 0x1111111111111111111111111111111111111111, permit2-token-mismatch",
  })
  void rules43And46WhatIsSignedOtherwiseThanOfferedIsRefused(
      String member, String other, String reason) {
    // Given
    var draft = new DraftPermit(wallet, terms, option -> option.put(member, other));

    // When
    var refused = pay(draft);

    // Then
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(Shop.json(refused.body()).path("code").asText()).isEqualTo(reason);
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void rule46OnlyTheAccountThatWasAdvertisedMaySettle() {
    // Given
    var draft =
        new DraftPermit(
            wallet,
            terms,
            option ->
                option
                    .withObject("/extra")
                    .put("facilitatorAddress", "0x1111111111111111111111111111111111111111"));

    // When
    var refused = pay(draft);

    // Then
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(Shop.json(refused.body()).path("code").asText())
        .isEqualTo("upto-facilitator-mismatch");
  }

  @Test
  void aProviderThatFailsCostsNothingAndThePaymentIsGoodForAnotherTry() {
    // Given
    var draft = new DraftPermit(wallet, terms).approving();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 500, "no"));

    // When
    var failed = pay(draft);
    writesTokens(7);
    var served = pay(draft);

    // Then
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(shop.balanceOf(wallet.address())).isEqualTo(CEILING - 700);
  }

  private static void writesTokens(int count) {
    shop.provider.does(
        (exchange, body) -> {
          var answer =
              "{\"text\":\"…\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":%d}}"
                  .formatted(count)
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
        });
  }

  private static HttpResponse<String> pay(DraftPermit draft) {
    return shop.pay(draft.header(), REQUEST);
  }

  private static JsonNode settlement(HttpResponse<String> answer) {
    return DraftPayment.decode(answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow());
  }

  private static JsonNode receipt(HttpResponse<String> answer) {
    var path = answer.headers().firstValue("Stoa-Receipt").orElseThrow();
    return Shop.json(shop.market.get(path).body());
  }
}
