package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.testkit.market.RunningMarket;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a paid route says to those who have not paid. */
class UnpaidCallIT {
  @AutoClose private static Shop shop;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
  }

  @Test
  void rule1AnUnpaidRequestGets402WithTheTermsInItsHeader() {
    // When
    var answer = shop.ask("{}");

    // Then
    assertThat(answer.statusCode()).isEqualTo(402);
    var terms = DraftPayment.decode(answer.headers().firstValue("payment-required").orElseThrow());
    assertThat(terms.path("x402Version").isInt()).isTrue();
    assertThat(terms.path("x402Version").intValue()).isEqualTo(2);
    assertThat(terms.path("error").asText()).isEqualTo("Payment required");
  }

  @Test
  void rule2TheTermsNameTheRouteAndAtLeastOneOption() {
    // When
    var terms = shop.terms();

    // Then
    assertThat(terms.path("accepts")).isNotEmpty();
    assertThat(terms.at("/resource/url").asText()).isEqualTo(shop.market.origin() + shop.path());
  }

  @Test
  void rule3AmountsNetworksAndAddressesHaveTheirForms() {
    for (var option : shop.terms().path("accepts")) {
      assertThat(option.path("amount").isTextual()).isTrue();
      assertThat(option.path("amount").asText()).matches("[0-9]+");
      assertThat(option.path("network").asText()).matches("eip155:[0-9]+");
      assertThat(option.path("asset").asText()).matches("0x[0-9a-fA-F]{40}");
      assertThat(option.path("payTo").asText()).isEqualTo(shop.listing.path("splitter").asText());
    }
  }

  @Test
  void rule4TermsAreNotToBeStored() {
    assertThat(shop.ask("{}").headers().firstValue("Cache-Control")).contains("no-store");
  }

  @Test
  void aCallThatItsProviderDescribesTellsCataloguesHowItIsMade() {
    // When
    var terms = shop.terms();

    // Then
    assertThat(terms.at("/resource/description").asText()).isEqualTo("One answer");
    assertThat(terms.at("/extensions/bazaar/info"))
        .isEqualTo(
            Shop.json(
                """
                {"input":{"type":"http","method":"POST","bodyType":"json",
                  "body":{"question":"why"}},
                 "output":{"type":"json","example":{"answer":42}}}
                """));
    assertThat(terms.at("/extensions/bazaar/schema/required")).isNotEmpty();
    assertThat(terms.at("/extensions/bazaar").has("routeTemplate")).isFalse();
    assertThat(shop.ask("{}").headers().firstValue("PAYMENT-REQUIRED").orElseThrow().length())
        .isLessThan(6 * 1024);
  }

  @Test
  void aCallWhosePathVariesHasOneNameInCatalogues() {
    // Given
    var listing = "/x/" + shop.listing.path("listing").asText();

    // When
    var answer = get(listing + "/v1/items/7?size=3");

    // Then
    var terms = DraftPayment.decode(answer.headers().firstValue("payment-required").orElseThrow());
    assertThat(terms.at("/extensions/bazaar/routeTemplate").asText())
        .isEqualTo(listing + "/v1/items/:id");
    assertThat(terms.at("/resource/mimeType").asText()).isEqualTo("image/png");
  }

  @Test
  void aCallThatNobodyDescribesTellsNothing() {
    for (var request :
        List.of(
            HttpRequest.newBuilder(shop.market.origin().resolve(shop.path())).GET(),
            HttpRequest.newBuilder(shop.market.origin().resolve(shop.path() + "/more")))) {
      var answer = shop.send(shop.market, request);

      var terms =
          DraftPayment.decode(answer.headers().firstValue("payment-required").orElseThrow());
      assertThat(terms.path("extensions").has("bazaar")).isFalse();
    }
  }

  @Test
  void everyMethodAndPathBelowAListingIsPaidFor() {
    for (var method : new String[] {"GET", "PUT", "DELETE", "PATCH"}) {
      var request =
          HttpRequest.newBuilder(shop.market.origin().resolve(shop.path() + "/below?a=b"))
              .method(method, HttpRequest.BodyPublishers.noBody());

      assertThat(shop.send(shop.market, request).statusCode()).as(method).isEqualTo(402);
    }
  }

  @Test
  void rule70OnAChainWithoutANameVersion1IsNotSpoken() {
    // When
    var answer =
        shop.send(shop.market, shop.request(shop.market, "{}").header("X-PAYMENT", "e30="));

    // Then
    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(Shop.json(answer.body()).path("code").asText()).isEqualTo("payment-required");
  }

  @Test
  void theProviderIsNotAskedByThoseWhoHaveNotPaid() {
    // Given
    shop.provider.echoes();

    // When
    shop.ask("{}");

    // Then
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void anUnknownListingAndAPathThatClimbsAreProblems() {
    assertThat(get("/x/nobody/nothing").statusCode()).isEqualTo(404);
    assertThat(get("/x/No body/nothing".replace(" ", "%20")).statusCode()).isEqualTo(404);
    for (var path : List.of("/%2e%2e/admin", "/..%2fdear", "/..%5cdear", "/..;/dear", "/%252e")) {
      var climbing = get(shop.path() + path);
      assertThat(climbing.statusCode()).as(path).isEqualTo(400);
      assertThat(climbing.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
      assertThat(climbing.body()).contains("\"field\":\"path\"");
    }
  }

  private java.net.http.HttpResponse<String> get(String path) {
    return shop.send(shop.market, HttpRequest.newBuilder(shop.market.origin().resolve(path)).GET());
  }
}
