package io.stoa.market;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.SignedUpload;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is sent, the answer is a 4xx problem that names what is wrong, and nothing is stored.
 */
class BadInputIT {
  private static final String OWNER = "0x00000000000000000000000000000000000000aa";
  private static final String WORD =
      "0x00000000000000000000000000000000000000000000000000000000000000bb";

  private final RunningMarket market = RunningMarket.shared();
  private final SigningKey wallet = Surroundings.wallet("buyer-8");

  private int logged;

  @BeforeEach
  void rememberTheLog() {
    logged = market.log().length();
  }

  @AfterEach
  void noneOfItWasTheNodesFault() {
    assertThat(market.log().substring(logged)).doesNotContain("request failed:");
  }

  @ParameterizedTest
  @CsvSource({
    "/nothing, 404, path-unknown, ",
    "/v1, 404, path-unknown, ",
    "/v1/listings?limit=0, 400, parameter-malformed, limit",
    "/v1/listings?limit=101, 400, parameter-malformed, limit",
    "/v1/listings?limit=x, 400, parameter-malformed, limit",
    "/v1/listings?after=-1, 400, parameter-malformed, after",
    "/v1/listings?after=99999999999999999999, 400, parameter-malformed, after",
    "/v1/listings?kind=CAR, 400, parameter-malformed, kind",
    "/v1/listings?provider=A, 400, parameter-malformed, provider",
    "/v1/listings?q=%00, 400, parameter-malformed, q",
    "/v1/listings/no--body/x, 400, parameter-malformed, provider",
    "/v1/listings/nobody/X, 400, parameter-malformed, service",
    "/v1/listings/nobody/x, 404, listing-unknown, ",
    "/v1/listings/nobody/x/versions, 404, listing-unknown, ",
    "/discovery/resources?type=ftp, 400, parameter-malformed, type",
    "/discovery/resources?payTo=0x12, 400, parameter-malformed, payTo",
    "/discovery/resources?scheme=a%20b, 400, parameter-malformed, scheme",
    "/discovery/resources?network=base, 400, parameter-malformed, network",
    "/discovery/resources?extensions=%00, 400, parameter-malformed, extensions",
    "/discovery/resources?limit=0, 400, parameter-malformed, limit",
    "/discovery/resources?limit=101, 400, parameter-malformed, limit",
    "/discovery/resources?limit=x, 400, parameter-malformed, limit",
    "/discovery/resources?offset=-1, 400, parameter-malformed, offset",
    "/discovery/resources?offset=2147483648, 400, parameter-malformed, offset",
    "/discovery/search, 400, parameter-malformed, query",
    "/discovery/search?query=, 400, parameter-malformed, query",
    "/discovery/search?query=%20%2C%00, 400, parameter-malformed, query",
    "/discovery/search?query=a&network=:, 400, parameter-malformed, network",
    "/discovery/search?query=a&limit=101, 400, parameter-malformed, limit",
    "/discovery/search?query=a&cursor=1, 400, parameter-malformed, cursor",
    "/discovery/search?query=a&cursor=1-2-9999999999, 400, parameter-malformed, cursor",
    "/discovery, 404, path-unknown, ",
    "/ipfs/x, 400, parameter-malformed, cid",
    "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG, 400, parameter-malformed, cid",
    "/ipfs/bafkreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi, 404, content-unknown, ",
    "/ipfs/bafkreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi?format=car, 400, parameter-malformed, format",
    "/ipfs/bafkreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi?format=raw, 404, content-unknown, "
  })
  void namesWhatIsWrongWithAPath(String path, int status, String code, String field) {
    assertProblem(market.get(path), status, code, field);
  }

  @Test
  void namesAWrongMethodOrMediaType() {
    assertProblem(
        market.send(market.request("/v1/listings").DELETE().build()),
        405,
        "method-not-allowed",
        null);
    assertProblem(
        market.send(
            market
                .request("/v1/transactions/publish")
                .header("Content-Type", "text/xml")
                .POST(BodyPublishers.ofString("<a/>"))
                .build()),
        415,
        "media-type-unsupported",
        null);
    assertProblem(
        market.send(market.request("/v1/listings").header("Accept", "image/png").build()),
        406,
        "not-acceptable",
        null);
  }

  @Test
  void refusesAHeaderLargerThan64KiB() {
    var request = market.request("/v1/listings").header("X-Large", "a".repeat(70_000)).build();

    assertThat(market.send(request).statusCode()).isEqualTo(431);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "null", "\"x\"", "{}{}", "\u0000", "{\"owner\":1,\"owner\":2}"})
  void refusesABodyThatIsNoObject(String body) {
    for (var action : new String[] {"commit-handle", "claim-handle", "publish"}) {
      var answer = transaction(action, body);

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(contentType(answer)).isEqualTo("application/problem+json");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "commit-handle | {} | /owner",
        "commit-handle | {'owner':'0x12'} | /owner",
        "commit-handle | {'owner':'OWNER','commitment':7} | /commitment",
        "commit-handle | {'owner':'OWNER','commitment':'WORD','handle':'x'} | /handle",
        "claim-handle | {'owner':'OWNER','handle':'-a-','salt':'WORD'} | /handle",
        "claim-handle | {'owner':'OWNER','handle':'0xabc','salt':'WORD'} | /handle",
        "claim-handle | {'owner':'OWNER','handle':'abc','salt':'0x'} | /salt",
        "publish | {'owner':'OWNER','service':'A'} | /service",
        "publish | {'owner':'OWNER','service':'a','manifest':'x'} | /manifest",
        "publish | {'owner':'OWNER','service':'a','splits':[]} | /splits",
        "publish | {'owner':'OWNER','service':'a','splits':[{'to':'title','bps':9999}]} | /splits",
        "publish | {'owner':'OWNER','service':'a','splits':[{'to':'me','bps':10000}]} | /splits/0/to",
        "publish | {'owner':'OWNER','service':'a','splits':[{'to':'listing:0','bps':10000}]} | /splits/0/to",
        "publish | {'owner':'OWNER','service':'a','splits':[{'to':'title','bps':1.5}]} | /splits/0/bps",
        "publish | {'owner':'OWNER','service':'a','splits':[{'to':'title','bps':10000,'x':1}]} | /splits/0/x"
      })
  void namesTheFieldOfATransactionThatIsWrong(String action, String body, String field) {
    var json = body.replace('\'', '"').replace("OWNER", OWNER).replace("WORD", WORD);

    assertProblem(transaction(action, json), 400, "body-malformed", field);
  }

  @Test
  void refusesToPublishDocumentsThatAreNotHere() {
    var body =
        "{\"owner\":\"%s\",\"service\":\"a\",\"manifest\":\"%s\",\"offersRoot\":\"%s\"}"
            .formatted(OWNER, "bafkreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", WORD);

    assertProblem(transaction("publish", body), 422, "document-unknown", null);
  }

  @Test
  void refusesATransactionsBodyThatIsTooLarge() {
    assertProblem(
        transaction("publish", "{\"owner\":\"" + "a".repeat(20_000) + "\"}"),
        413,
        "body-too-large",
        null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | /manifest",
        "{'manifest':[]} | /manifest",
        "{'manifest':{},'offers':{}} | /manifest",
        "{'manifest':{'title':7,'kind':'MODEL','licence':'MIT'},'offers':{}} | /manifest/title",
        "{'manifest':{'title':'t','kind':'CAR','licence':'MIT'},'offers':{}} | /manifest/kind",
        "{'manifest':{'title':'t','kind':'MODEL','licence':'MIT','x':0.5},'offers':{}} | /manifest/x",
        "{'manifest':{'title':'t','kind':'MODEL','licence':'MIT'},'offers':{}} | /offers",
        "{'manifest':{'title':'t','kind':'MODEL','licence':'MIT'},'offers':{'offers':[{'name':'c','type':'PER_CALL','price':{'amount':'-1','asset':'eip155:31337/erc20:OWNER'}}]}} | /offers/offers/0/price/amount",
        "{'manifest':{'title':'t','kind':'MODEL','licence':'MIT'},'offers':{'offers':[{'name':'c','type':'PER_CALL','price':{'amount':'1','asset':'eip155:1/erc20:OWNER'}}]}} | /offers/offers/0/price/asset"
      })
  void namesTheFieldOfADocumentThatIsWrong(String body, String field) {
    var json = body.replace('\'', '"').replace("OWNER", OWNER);

    var answer = authorized("/v1/manifests", "application/json", json.getBytes(UTF_8));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(problem(answer).path("field").asText()).as(answer.body()).isEqualTo(field);
  }

  @Test
  void refusesAManifestThatMisstatesAFile() throws IOException {
    var content = new byte[5_000];
    new Random(1).nextBytes(content);
    var artifact =
        (ObjectNode)
            new JsonMapper()
                .readTree(authorized("/v1/artifacts", "application/octet-stream", content).body());

    assertProblem(
        manifestWith(artifact.deepCopy().put("sha256", WORD)), 422, "artifact-differs", null);
    assertProblem(manifestWith(artifact.deepCopy().put("size", 1)), 422, "artifact-differs", null);
    assertProblem(
        manifestWith(
            artifact
                .deepCopy()
                .put("cid", "bafkreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")),
        422,
        "artifact-unknown",
        null);
  }

  @Test
  void refusesUploadsWithoutAGoodAuthorization() {
    var body = "content".getBytes(UTF_8);
    var chain = market.surroundings().contracts().chain();
    var good = SignedUpload.of(wallet, chain, body);

    assertProblem(upload(null, body), 403, "authorization-missing", null);
    assertProblem(upload("Wallet x", body), 400, "authorization-malformed", "Authorization");
    assertProblem(
        upload("Wallet " + Base64.getUrlEncoder().encodeToString("{}".getBytes(UTF_8)), body),
        400,
        "authorization-malformed",
        "Authorization");
    assertProblem(
        upload(SignedUpload.header(good.json().replace(good.nonce().toString(), WORD)), body),
        403,
        "authorization-invalid",
        null);
    assertProblem(upload(good.ofSize(8).header(), body), 400, "length-differs", "Content-Length");
    assertProblem(
        upload(SignedUpload.of(wallet, chain, "CONTENT".getBytes(UTF_8)).header(), body),
        400,
        "body-hash-differs",
        null);
  }

  private HttpResponse<String> manifestWith(ObjectNode artifact) {
    var body = new JsonMapper().createObjectNode();
    body.set("manifest", TestListing.of("misstated").withArtifact("f", artifact).manifest());
    body.putObject("offers")
        .putArray("offers")
        .addObject()
        .put("name", "call")
        .put("type", "PER_CALL")
        .putObject("price")
        .put("amount", "1")
        .put("asset", "eip155:31337/erc20:" + OWNER);
    return authorized("/v1/manifests", "application/json", body.toString().getBytes(UTF_8));
  }

  private HttpResponse<String> authorized(String path, String type, byte[] body) {
    return TestListing.upload(market, wallet, path, type, body);
  }

  private HttpResponse<String> upload(@Nullable String header, byte[] body) {
    var request =
        market
            .request("/v1/artifacts")
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofByteArray(body));
    if (header != null) {
      request.header("Authorization", header);
    }
    return market.send(request.build());
  }

  private HttpResponse<String> transaction(String action, String body) {
    HttpRequest request =
        market
            .request("/v1/transactions/" + action)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return market.send(request);
  }

  private static void assertProblem(
      HttpResponse<String> answer, int status, String code, @Nullable String field) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(contentType(answer)).isEqualTo("application/problem+json");
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
    var problem = problem(answer);
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).isNotEmpty().doesNotContain("Exception");
    assertThat(problem.path("field").asText(null)).isEqualTo(field);
  }

  private static JsonNode problem(HttpResponse<String> answer) {
    try {
      return new JsonMapper().readTree(answer.body());
    } catch (IOException notJson) {
      throw new AssertionError(answer.body(), notJson);
    }
  }

  private static String contentType(HttpResponse<String> answer) {
    return answer.headers().firstValue("Content-Type").orElse("none");
  }
}
