package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Provider;
import io.stoa.local.process.Await;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.SignedUpload;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PublishingIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String BYTES = "application/octet-stream";

  private final RunningMarket market = RunningMarket.shared();
  private final SigningKey provider = Surroundings.wallet("provider");

  @Test
  void aStrangerPublishesAFileAndAnyoneFindsIt() throws IOException {
    // Given
    var content = content(3_000_000);
    var artifact = upload(content);

    // When
    var listing =
        TestListing.of("published")
            .servedAt(URI.create("http://127.0.0.1:1/"))
            .withArtifact("weights.bin", artifact)
            .in(market);

    // Then
    assertThat(listing.path("listing").asText()).isEqualTo(provider.address() + "/published");
    assertThat(listing.path("kind").asText()).isEqualTo("MODEL");
    assertThat(listing.path("status").asText()).isEqualTo("ACTIVE");
    assertThat(listing.path("version").asInt()).isEqualTo(1);
    assertThat(listing.path("offers").path(0).path("price").path("amount").asText())
        .isEqualTo("1000");
    var named = listing.path("artifacts").path(0);
    assertThat(named.path("sha256").asText()).isEqualTo(SignedUpload.sha256(content).toString());
    var fetched =
        market.send(
            market.request("/ipfs/" + named.path("cid").asText()).build(),
            BodyHandlers.ofByteArray());
    assertThat(fetched.body()).isEqualTo(content);
    var manifest = market.get("/ipfs/" + listing.path("manifest").path("cid").asText()).body();
    assertThat(SignedUpload.sha256(manifest.getBytes(UTF_8)).toString())
        .isEqualTo(listing.path("manifest").path("sha256").asText());
  }

  @Test
  void aListingIsFoundByKindProviderAndWords() throws IOException {
    TestListing.of("searched").servedAt(URI.create("http://127.0.0.1:1/")).in(market);

    assertThat(pathsOf("/v1/listings?kind=model&q=SEARCHED%20test&provider=" + provider.address()))
        .containsExactly(provider.address() + "/searched");
    assertThat(pathsOf("/v1/listings?kind=DATASET&q=searched")).isEmpty();
    assertThat(pathsOf("/v1/listings?provider=nobody")).isEmpty();
    var versions =
        json(market.get("/v1/listings/" + provider.address() + "/searched/versions"), 200);
    assertThat(versions.path("items")).hasSize(1);
  }

  @Test
  void pagesFollowEachOtherWithoutGapOrRepetition() throws IOException {
    for (int i = 0; i < 3; i++) {
      TestListing.of("page-" + i).servedAt(URI.create("http://127.0.0.1:1/")).in(market);
    }

    var first = json(market.get("/v1/listings?limit=2"), 200);
    var second = json(market.get("/v1/listings?limit=2&after=" + first.path("next").asText()), 200);

    assertThat(first.path("items")).hasSize(2);
    assertThat(second.path("items").path(0).path("id").asLong())
        .isEqualTo(first.path("items").path(1).path("id").asLong() + 1);
  }

  @Test
  void aHandleIsClaimedInTwoStepsAndCarriesListings() throws IOException {
    // Given
    var salt = Bytes32.of(BigInteger.valueOf(new Random().nextLong(Long.MAX_VALUE)));
    var handle = new Provider.Handle("handle-it");
    var commitment = RegistryCalls.commitment(handle, provider.address(), salt);
    send(
        transaction(
            "commit-handle",
            Map.of("owner", provider.address().toString(), "commitment", commitment.toString())));

    // When
    var claim =
        transaction(
            "claim-handle",
            Map.of(
                "owner", provider.address().toString(),
                "handle", "handle-it",
                "salt", salt.toString()));
    assertThat(Await.until(Duration.ofSeconds(30), () -> isSent(claim))).isTrue();
    var documents =
        TestListing.of("named").servedAt(URI.create("http://127.0.0.1:1/")).documents(market);
    send(
        transaction(
            "publish",
            Map.of(
                "owner", provider.address().toString(),
                "handle", "handle-it",
                "service", "named",
                "manifest", documents.path("manifest").path("cid").asText(),
                "offersRoot", documents.path("offersRoot").asText())));

    // Then
    assertThat(claim.path("summary").asText()).contains("handle-it");
    assertThat(
            Await.until(
                Duration.ofSeconds(20),
                () -> market.get("/v1/listings/handle-it/named").statusCode() == 200))
        .isTrue();
  }

  @Test
  void documentsAreStoredInTheirCanonicalForm() throws IOException {
    var documents = TestListing.of("canonical").documents(market);

    var stored = market.get("/ipfs/" + documents.path("manifest").path("cid").asText()).body();

    assertThat(stored)
        .isEqualTo(
            "{\"kind\":\"MODEL\",\"licence\":\"Apache-2.0\",\"title\":\"A test of canonical\"}");
  }

  @Test
  void anAuthorizationIsGoodForOneUpload() {
    var body = content(100);
    var header =
        SignedUpload.of(provider, market.surroundings().contracts().chain(), body).header();

    var first = post("/v1/artifacts", BYTES, header, body);
    var second = post("/v1/artifacts", BYTES, header, body);

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(second.body()).contains("authorization-used");
  }

  private JsonNode upload(byte[] content) throws IOException {
    return json(TestListing.upload(market, provider, "/v1/artifacts", BYTES, content), 201);
  }

  private JsonNode transaction(String action, Map<String, String> fields) throws IOException {
    return json(
        market.send(
            market
                .request("/v1/transactions/" + action)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.valueToTree(fields).toString()))
                .build()),
        200);
  }

  private void send(JsonNode transaction) {
    market
        .surroundings()
        .send(
            provider,
            UnsignedTransaction.of(JSON.convertValue(transaction, JSON.constructType(Map.class))));
  }

  private boolean isSent(JsonNode transaction) {
    try {
      send(transaction);
      return true;
    } catch (AssertionError tooEarly) {
      return false;
    }
  }

  private List<String> pathsOf(String query) throws IOException {
    return json(market.get(query), 200).path("items").findValuesAsText("listing");
  }

  private HttpResponse<String> post(String path, String type, String authorization, byte[] body) {
    return market.send(
        market
            .request(path)
            .header("Content-Type", type)
            .header("Authorization", authorization)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private static JsonNode json(HttpResponse<String> answer, int status) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private static byte[] content(int size) {
    var content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }
}
