package io.stoa.market.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What wallets learn of their own money, and everybody of the till as a whole. */
class StatementsIT {
  private static final SigningKey STRANGER = Surroundings.wallet("buyer-1");
  @AutoClose private static FundedChannel channel;

  @BeforeAll
  static void open() {
    channel = new FundedChannel(RunningMarket.shared());
    channel.call(300, 12);
    channel.call(0, 1);
    channel.call(200, 7);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> channel.read(FundedChannel.OWNER, byListing()).statusCode() == 200);
  }

  @Test
  void aPayerSeesEveryCallAndWhatTheySumUpTo() {
    // When
    var statement = channel.document(channel.payer, byPayer());

    // Then
    assertThat(statement.path("items")).hasSize(3);
    assertThat(statement.at("/items/0/price").asText()).isEqualTo("300");
    assertThat(statement.at("/items/0/units/input_token").longValue()).isEqualTo(12);
    var totals = statement.path("totals");
    assertThat(totals).hasSize(1);
    assertThat(totals.at("/0/asset").asText()).isEqualTo(channel.config.asset().toString());
    assertThat(totals.at("/0/calls").longValue()).isEqualTo(3);
    assertThat(totals.at("/0/amount").asText()).isEqualTo("500");
    assertThat(totals.at("/0/units/input_token").asText()).isEqualTo("20");
    assertThat(channel.read(channel.payer, statement.at("/items/0/receipt").asText()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void theOwnerOfAListingSeesTheSame() {
    // When
    var byListing = channel.document(FundedChannel.OWNER, byListing());
    var byChannel = channel.document(FundedChannel.OWNER, "/v1/usage?channel=" + channel.id);

    // Then
    var byPayer = channel.document(channel.payer, byPayer());
    assertThat(byListing.path("items")).isEqualTo(byPayer.path("items"));
    assertThat(byChannel.path("items")).isEqualTo(byPayer.path("items"));
    assertThat(byListing.path("totals")).isEqualTo(byPayer.path("totals"));
  }

  @Test
  void pagesFollowEachOtherAndOnlyTheFirstHasTotals() {
    // When
    var pages = new ArrayList<JsonNode>();
    var path = byPayer() + "&limit=2";
    for (var next = path; next != null; ) {
      var page = channel.document(channel.payer, next);
      pages.add(page);
      next = page.has("next") ? path + "&after=" + page.path("next").asText() : null;
    }

    // Then
    assertThat(pages).hasSize(2);
    assertThat(pages.getFirst().has("totals")).isTrue();
    assertThat(pages.getLast().has("totals")).isFalse();
    assertThat(
            pages.stream()
                .flatMap(page -> page.path("items").findValuesAsText("fence").stream())
                .toList())
        .isEqualTo(List.of("1", "2", "3"));
  }

  @Test
  void aStatementIsOfItsTime() {
    // When
    var earlier =
        channel.document(
            channel.payer, byPayer() + "&from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z");

    // Then
    assertThat(earlier.path("items")).isEmpty();
    assertThat(earlier.path("totals")).isEmpty();
  }

  @Test
  void nobodyReadsTheStatementOfAnother() {
    for (var path : List.of(byPayer(), byListing(), "/v1/usage?channel=" + channel.id)) {
      assertThat(channel.read(STRANGER, path).statusCode()).isEqualTo(403);
      assertThat(channel.market.get(path).statusCode()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?payer=0x1",
        "?listing=0",
        "?listing=1&payer=0x90f79bf6eb2c4f870365e785982e1f101e93b906",
        "?listing=1&from=yesterday",
        "?listing=1&from=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z",
        "?listing=1&from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
        "?listing=1&after=17",
        "?listing=1&limit=1001"
      })
  void aMalformedQuestionIsNamed(String query) {
    var answer = channel.read(channel.payer, "/v1/usage" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(FundedChannel.json(answer).path("field").asText()).isNotEmpty();
  }

  @Test
  void everybodySeesThatTheBooksAgree() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(NoSuchElementException.class)
        .untilAsserted(
            () -> {
              // When
              var books = FundedChannel.json(channel.market.get("/v1/reconciliation"));

              // Then
              var ours =
                  books
                      .path("channels")
                      .valueStream()
                      .filter(
                          each ->
                              each.path("asset").asText().equals(channel.config.asset().toString()))
                      .findFirst()
                      .orElseThrow();
              assertThat(ours.at("/ledger/sum").asText()).isEqualTo("0");
              assertThat(ours.path("wrong").longValue()).isZero();
              assertThat(ours.at("/ledger/payers").asText())
                  .isEqualTo("-" + ours.at("/chain/balance").asText());
              assertThat(ours.at("/chain/balance").asText()).isNotEqualTo("0");
              assertThat(ours.at("/ledger/due")).isEqualTo(ours.at("/till/unclaimed"));
              assertThat(ours.at("/ledger/receivers")).isEqualTo(ours.at("/chain/claimed"));
              assertThat(ours.path("oldestUnclaimed").asText()).endsWith("Z");
              assertThat(books.at("/payments/undecided").isIntegralNumber()).isTrue();
              assertThat(books.at("/payments/states").size()).isEqualTo(9);
              assertThat(books.has("auditedSince")).isTrue();
              assertThat(ours.path("lastClaims").asText()).endsWith("Z");
            });
  }

  private static String byPayer() {
    return "/v1/usage?payer=" + channel.payer.address();
  }

  private static String byListing() {
    return "/v1/usage?listing=" + channel.listing.path("id").asText();
  }
}
