package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.testkit.market.RunningMarket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that settles no payments of their own that cost it more than they bring. */
class LeastPriceIT {
  @Test
  void whatIsNotWorthItsGasIsPaidOutOfAChannelUnlessItWasQuotedBefore() {
    // Given
    var market = RunningMarket.shared();
    try (var shop = Shop.in(market);
        var second =
            market.secondInstance(
                Map.of(
                    "stoa.public-url",
                    market.origin().toString(),
                    "stoa.payments.least-price",
                    Shop.PRICE.add(Shop.PRICE).toString()))) {
      await().until(() -> shop.send(second, shop.request(second, "{}")).statusCode() == 402);
      var quoted = shop.draft(shop.buyerWith(5_000)).signed();

      // When
      var asked = shop.send(second, shop.request(second, "{}"));
      var paid = shop.pay(second, quoted.header(), "{}");

      // Then
      assertThat(schemes(asked)).containsExactly("batch-settlement");
      assertThat(paid.statusCode()).as(paid.body()).isEqualTo(200);
    }
  }

  private static List<String> schemes(HttpResponse<String> asked) {
    var header = asked.headers().firstValue("PAYMENT-REQUIRED").orElseThrow();
    return DraftPayment.decode(header).path("accepts").findValuesAsText("scheme");
  }
}
