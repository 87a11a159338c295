package io.stoa.cli.buy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.cli.Amount;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.PaymentUndecided;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingPath;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.Buyer;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurchaseTest {
  private static final ListingPath MINILM = ListingPath.parse("stoa/minilm");
  private static final DevelopmentWallet BUYER = DevelopmentWallet.find("buyer-1").orElseThrow();
  private static final TxHash TRANSACTION = new TxHash(Bytes32.of(BigInteger.TEN));
  private static final Map<String, String> SETTLED =
      Map.of(
          X402.PAYMENT_RESPONSE,
          SettlementResponse.settled(
                  TRANSACTION, FakeMarket.CHAIN, BUYER.address(), BigInteger.valueOf(1000))
              .header());

  private FakeMarket market;

  @BeforeEach
  void start() throws IOException {
    market = FakeMarket.start();
  }

  @AfterEach
  void stop() {
    market.close();
  }

  @Test
  void paysTheAskedPriceAndBringsTheAnswerHome() {
    // Given
    market.then(200, SETTLED, "an answer");

    // When
    var bought = buy("1usd");

    // Then
    assertThat(bought.body()).asString().isEqualTo("an answer");
    assertThat(bought.price().units()).isEqualTo(1000);
    assertThat(bought.transaction()).contains(TRANSACTION);
    assertThat(market.payments()).hasSize(1);
  }

  @Test
  void staysWithItsOnePaymentWhileTheOutcomeIsUnknown() {
    // Given
    market
        .then(503, Map.of("Retry-After", "0"), "{}")
        .then(503, Map.of("Retry-After", "0"), "{}")
        .then(200, SETTLED, "an answer");

    // When
    var bought = buy("1usd");

    // Then
    assertThat(bought.body()).asString().isEqualTo("an answer");
    assertThat(market.payments()).hasSize(3).containsOnly(market.payments().getFirst());
  }

  @Test
  void sendsTheSamePaymentAgainWhenTheConnectionBreaks() {
    // Given
    market.then(0, Map.of(), "").then(200, SETTLED, "an answer");

    // When
    var bought = buy("1usd");

    // Then
    assertThat(bought.transaction()).contains(TRANSACTION);
    assertThat(market.payments()).hasSize(2).containsOnly(market.payments().getFirst());
  }

  @Test
  void signsNothingThatCostsMoreThanItsUserAllows() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> buy("999"))
        .withMessageContaining("costs 0.001 USD, more than the 0.000999 USD you allow");
    assertThat(market.payments()).isEmpty();
  }

  @Test
  void saysWhyAPaymentWasRefused() {
    // Given
    var refusal = market.terms().because("invalid_exact_evm_insufficient_balance").header();
    market.then(402, Map.of(X402.PAYMENT_REQUIRED, refusal), "{}");

    // Then
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> buy("1usd"))
        .withMessageContaining("nothing was charged: invalid_exact_evm_insufficient_balance");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "502|{\"status\":502,\"detail\":\"The provider answered 500.\"}|502: The provider answered 500.",
        "400|{\"error\":{\"message\":\"input must not be blank.\"}}|400: input must not be blank.",
        "504|garbage|504: no reason given."
      })
  void passesOnWhatTheMarketOrTheProviderSays(int status, String body, String message) {
    // Given
    market.then(status, Map.of(), body);

    // Then
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> buy("1usd"))
        .withMessage("Not served and not charged, status " + message);
    assertThat(market.payments()).hasSize(1);
  }

  @Test
  void doesNotClaimToKnowWhatBecameOfThePaymentWhenTheMarketFails() {
    // Given
    market.then(500, Map.of(), "{}");

    // Then
    assertThatExceptionOfType(PaymentUndecided.class)
        .isThrownBy(() -> buy("1usd"))
        .withMessageContaining("/v1/payments/0x");
  }

  @Test
  void saysThatThereIsNoSuchListing() {
    try (var api = MarketApi.at(market.origin())) {
      var purchase = purchase(api, Amount.parse("1usd"));

      assertThatExceptionOfType(CommandFailure.class)
          .isThrownBy(() -> purchase.buy(ListingPath.parse("stoa/other"), "/v1/embeddings", "{}"))
          .withMessageStartingWith("There is no listing stoa/other");
    }
  }

  private Bought buy(String maxPrice) {
    try (var api = MarketApi.at(market.origin())) {
      return purchase(api, Amount.parse(maxPrice)).buy(MINILM, "/v1/embeddings", "{}");
    }
  }

  private static Purchase purchase(MarketApi api, Amount cap) {
    var buyer = new Buyer(BUYER.key(), cap.units(), Clock.systemUTC());
    return new Purchase(api, buyer, cap, _ -> {});
  }
}
