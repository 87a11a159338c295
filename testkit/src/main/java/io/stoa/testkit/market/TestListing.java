package io.stoa.testkit.market;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.crypto.SigningKey;
import io.stoa.local.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * Puts a listing up for sale, the way a stranger would: through the market's interface, with a
 * wallet. Its path is the wallet's address and the service.
 */
public final class TestListing {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String service;
  private final ObjectNode manifest = JSON.createObjectNode();
  private final ObjectNode offer = JSON.createObjectNode();
  private SigningKey provider = Surroundings.wallet("provider");

  private TestListing(String service) {
    this.service = service;
    manifest.put("title", "A test of " + service).put("kind", "MODEL").put("licence", "Apache-2.0");
    pricedAt(1_000);
  }

  /** A model without files, for 1,000 units a call. */
  public static TestListing of(String service) {
    return new TestListing(service);
  }

  public TestListing servedAt(URI endpoint) {
    manifest.withObject("/endpoint").put("url", endpoint.toString());
    return this;
  }

  /** Describes one more call of the endpoint. */
  public TestListing describing(JsonNode call) {
    manifest.withObject("/endpoint").withArray("calls").add(call);
    return this;
  }

  /** Adds a file that was uploaded before. */
  public TestListing withArtifact(String name, JsonNode uploaded) {
    manifest
        .withArray("artifacts")
        .addObject()
        .put("name", name)
        .put("cid", uploaded.path("cid").asText())
        .put("sha256", uploaded.path("sha256").asText())
        .put("size", uploaded.path("size").asLong())
        .put("mediaType", "application/octet-stream");
    return this;
  }

  public TestListing pricedAt(long units) {
    offer.removeAll();
    offer.put("name", "call").put("type", "PER_CALL");
    offer.putObject("price").put("amount", Long.toString(units));
    return this;
  }

  /** The same price, to be paid before the service is asked. */
  public TestListing paidUpfront() {
    offer.put("flow", "UPFRONT");
    return this;
  }

  /** For so many units a token written, and {@code most} a request at most. */
  public TestListing pricedPerToken(long units, long most) {
    offer.removeAll();
    offer.put("name", "token").put("type", "PER_UNIT");
    offer.putObject("price").put("amount", Long.toString(most));
    offer
        .putArray("units")
        .addObject()
        .put("unit", "OUTPUT_TOKEN")
        .put("amount", Long.toString(units));
    return this;
  }

  public TestListing publishedBy(SigningKey wallet) {
    provider = wallet;
    return this;
  }

  /** The manifest as it will be sent. */
  public ObjectNode manifest() {
    return manifest;
  }

  /** Publishes it and returns it as the market lists it, once it does. */
  public JsonNode in(RunningMarket market) {
    var transaction = send(market, true).path("transaction");
    market
        .surroundings()
        .send(
            provider,
            UnsignedTransaction.of(JSON.convertValue(transaction, JSON.constructType(Map.class))));
    var path = "/v1/listings/" + provider.address() + "/" + service;
    if (!Await.until(PATIENCE, () -> isListed(market.get(path)))) {
      throw new AssertionError("not listed: " + market.get(path).body());
    }
    return json(market.get(path));
  }

  /** Only sends the documents, and returns the answer. */
  public JsonNode documents(RunningMarket market) {
    return send(market, false);
  }

  private JsonNode send(RunningMarket market, boolean withTerms) {
    var body = JSON.createObjectNode();
    body.set("manifest", manifest);
    var contracts = market.surroundings().contracts();
    offer.withObject("price").put("asset", contracts.chain() + "/erc20:" + contracts.usdCoin());
    body.putObject("offers").putArray("offers").add(offer);
    if (withTerms) {
      body.put("owner", provider.address().toString()).put("service", service);
    }
    return json(upload(market, provider, "/v1/manifests", "application/json", bytes(body)));
  }

  /** Sends an authorized body, whatever the answer. */
  public static HttpResponse<String> upload(
      RunningMarket market, SigningKey wallet, String path, String type, byte[] body) {
    var authorization =
        SignedUpload.of(wallet, market.surroundings().contracts().chain(), body).header();
    return market.send(
        market
            .request(path)
            .header("Content-Type", type)
            .header("Authorization", authorization)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private static boolean isListed(HttpResponse<String> answer) {
    return answer.statusCode() == 200 && !json(answer).has("unlisted");
  }

  private static JsonNode json(HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(UTF_8);
  }
}
