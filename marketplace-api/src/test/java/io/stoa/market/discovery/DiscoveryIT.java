package io.stoa.market.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a client finds that knows no more than x402. */
class DiscoveryIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String WORD = "word" + System.nanoTime();

  private static RunningMarket market;
  private static JsonNode described;
  private static JsonNode plain;

  @BeforeAll
  static void publish() {
    market = RunningMarket.shared();
    described =
        TestListing.of(WORD + "-one")
            .servedAt(URI.create("https://p.example"))
            .describing(
                json(
                    """
                    {"method":"GET","path":"/items/:id","description":"Looks an item up",
                     "input":{"type":"query","example":{"size":3}}}
                    """))
            .describing(
                json(
                    """
                    {"method":"POST","path":"/items","input":{"type":"text","example":"an item"}}
                    """))
            .in(market);
    plain = TestListing.of(WORD + "-two").servedAt(URI.create("https://p.example")).in(market);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> search(WORD, "").path("resources").size() == 3);
  }

  @Test
  void rule64ResourcesArePagedInTheOrderOfPublication() {
    // Given
    var total = resources("limit=1").at("/pagination/total").intValue();

    // When
    var all = new ArrayList<String>();
    for (int offset = 0; offset < total; offset += 2) {
      var page = resources("limit=2&offset=" + offset);
      assertThat(page.path("x402Version").intValue()).isEqualTo(2);
      assertThat(page.at("/pagination/limit").intValue()).isEqualTo(2);
      assertThat(page.at("/pagination/offset").intValue()).isEqualTo(offset);
      page.path("items").forEach(item -> all.add(item.path("resource").asText()));
    }

    // Then
    assertThat(all)
        .hasSize(total)
        .containsSubsequence(url(described) + "/items/:id", url(described) + "/items", url(plain));
    assertThat(resources("offset=" + Integer.MAX_VALUE).path("items")).isEmpty();
    assertThat(resources("").at("/pagination/limit").intValue()).isEqualTo(20);
  }

  @Test
  void rule64ResourcesAreFilteredByTypePayeeSchemeAndNetwork() {
    var splitter = described.path("splitter").asText();
    var network = market.surroundings().contracts().chain().toString();

    assertThat(resources("payTo=" + splitter).path("items")).hasSize(2);
    assertThat(
            resources("payTo=" + splitter + "&type=http&scheme=exact&network=" + network)
                .at("/pagination/total")
                .intValue())
        .isEqualTo(2);
    for (var other :
        List.of("type=mcp", "scheme=auth-capture", "network=eip155:1", "extensions=other")) {
      var page = resources("payTo=" + splitter + "&" + other);
      assertThat(page.path("items")).as(other).isEmpty();
      assertThat(page.at("/pagination/total").intValue()).isZero();
    }
    var undescribed = "payTo=" + plain.path("splitter").asText();
    assertThat(resources(undescribed).path("items")).hasSize(1);
    assertThat(resources(undescribed + "&extensions=bazaar").path("items")).isEmpty();
  }

  @Test
  void anItemSaysWhatA402Says() {
    // Given
    var item = resources("payTo=" + described.path("splitter").asText()).at("/items/0");

    // When
    var answer = market.get(URI.create(url(described)).getPath() + "/items/7");

    // Then
    var terms = terms(answer);
    assertThat(item.path("accepts")).isEqualTo(terms.path("accepts"));
    // What is signed or made for one reply stands in no catalogue.
    assertThat(item.path("extensions").has("bazaar")).isTrue();
    assertThat(item.path("extensions").properties())
        .allSatisfy(
            part ->
                assertThat(part.getValue())
                    .isEqualTo(terms.path("extensions").path(part.getKey())));
    assertThat(item.path("description")).isEqualTo(terms.at("/resource/description"));
    assertThat(item.path("mimeType")).isEqualTo(terms.at("/resource/mimeType"));
    assertThat(Instant.parse(item.path("lastUpdated").asText())).isBefore(Instant.now());
  }

  @Test
  void aSearchFindsTheBestFirstAndGoesOnAtItsCursor() {
    // When
    var first = search("item two " + WORD, "&limit=2");
    var second =
        search("item two " + WORD, "&limit=2&cursor=" + first.at("/pagination/cursor").asText());

    // Then
    assertThat(first.path("partialResults").booleanValue()).isTrue();
    assertThat(first.at("/resources/0/resource").asText()).isEqualTo(url(plain));
    assertThat(first.at("/resources/1/resource").asText()).isEqualTo(url(described) + "/items/:id");
    assertThat(second.at("/resources/0/resource").asText()).isEqualTo(url(described) + "/items");
    assertThat(second.path("partialResults").booleanValue()).isFalse();
    assertThat(second.at("/pagination/cursor").isNull()).isTrue();
  }

  @Test
  void theOriginTellsItsDescribedCalls() {
    // When
    var manifest = json(market.get("/.well-known/x402.json"));

    // Then
    assertThat(manifest.path("x402Version").intValue()).isEqualTo(2);
    assertThat(Instant.parse(manifest.path("lastUpdated").asText())).isAfter(Instant.EPOCH);
    var inputs = new ArrayList<JsonNode>();
    for (var item : manifest.path("items")) {
      assertThat(item.at("/resource/url").asText()).doesNotEndWith(WORD + "-two");
      if (item.at("/resource/url").asText().startsWith(url(described))) {
        inputs.add(item.path("input"));
      }
    }
    assertThat(inputs)
        .containsExactly(
            json(
                """
                {"method":"GET","queryParams":{"size":3},"routeTemplate":"%s/items/:id"}
                """
                    .formatted(URI.create(url(described)).getPath())),
            json("{\"method\":\"POST\",\"bodyType\":\"text\",\"body\":\"an item\"}"));
  }

  @Test
  void whatNobodyChangedIsNotSentAgain() {
    for (var path :
        List.of(
            "/discovery/resources?payTo=" + plain.path("splitter").asText(),
            "/discovery/search?query=" + WORD,
            "/.well-known/x402.json")) {
      // Given
      var first = market.get(path);
      var tag = first.headers().firstValue("ETag").orElseThrow();

      // When
      var again = market.send(market.request(path).header("If-None-Match", tag).GET().build());

      // Then
      assertThat(again.statusCode()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(first.headers().firstValue("Cache-Control")).contains("public, max-age=30");
    }
  }

  private static JsonNode resources(String parameters) {
    return json(market.get("/discovery/resources?" + parameters));
  }

  private static JsonNode search(String query, String parameters) {
    return json(
        market.get(
            "/discovery/search?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8)
                + parameters));
  }

  private static String url(JsonNode listing) {
    return market.origin().resolve("/x/" + listing.path("listing").asText()).toString();
  }

  private static JsonNode terms(HttpResponse<String> answer) {
    var header = answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow();
    return json(new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }
}
