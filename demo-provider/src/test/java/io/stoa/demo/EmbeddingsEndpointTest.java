package io.stoa.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.crypto.OriginKey;
import io.stoa.crypto.http.HttpSignature;
import io.stoa.crypto.http.RequestView;
import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsEndpointTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final OriginKey NODE = OriginKey.of(Bytes32.of(BigInteger.valueOf(7)));
  private static final OriginKey STRANGER = OriginKey.of(Bytes32.of(BigInteger.valueOf(8)));
  private static final String KEY_ID = "did:web:node.example#origin";
  private static final String GOOD = "{\"input\":\"two words\"}";
  private static final JsonMapper JSON = new JsonMapper();

  private static Server server;
  private static HttpClient http;
  private static int nonces;

  @BeforeAll
  static void start() throws IOException {
    var keys = new NodeKeys(() -> Map.of(KEY_ID, NODE.publicKey()), () -> NOW);
    server =
        Server.start(
            0, CompletableFuture.completedFuture(new Words()), new NodeOnly(keys, () -> NOW));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    server.close();
  }

  /** Stands in for the model: a text's vector is its length and zeros, its tokens are its words. */
  private static final class Words implements Embedder {
    @Override
    public String model() {
      return "words";
    }

    @Override
    public int dimensions() {
      return 3;
    }

    @Override
    public Embedded embed(String text) {
      return new Embedded(new float[] {text.length(), 0.5f, 0}, text.split(" ").length);
    }
  }

  @Test
  void answersAsOpenAiDoesWithOneVectorForEachTextAndTheTokensItRead() throws Exception {
    // When
    var response = post(signed("{\"model\":\"any\",\"input\":[\"one\",\"two words\"]}"));

    // Then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response))
        .isEqualTo(
            JSON.readTree(
                """
                {"object":"list","data":[
                  {"object":"embedding","index":0,"embedding":[3.0,0.5,0.0]},
                  {"object":"embedding","index":1,"embedding":[9.0,0.5,0.0]}],
                 "model":"words","usage":{"prompt_tokens":3,"total_tokens":3}}"""));
  }

  @Test
  void writesVectorsInBase64WhenAskedTo() throws Exception {
    // When
    var response = post(signed("{\"input\":\"abc\",\"encoding_format\":\"base64\"}"));

    // Then
    var bytes = Base64.getDecoder().decode(json(response).at("/data/0/embedding").textValue());
    var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertThat(new float[] {floats.get(0), floats.get(1), floats.get(2)})
        .containsExactly(3, 0.5f, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"input\":\"a\"|",
        "[]|",
        "{}|input",
        "{\"input\":7}|input",
        "{\"input\":[]}|input",
        "{\"input\":[1,2]}|input",
        "{\"input\":\"  \"}|input",
        "{\"input\":\"a\",\"encoding_format\":\"hex\"}|encoding_format",
        "{\"input\":\"a\",\"dimensions\":4}|dimensions",
        "{\"input\":\"a\",\"model\":4}|model"
      })
  void namesTheFieldThatIsWrong(String body, String field) throws Exception {
    // When
    var response = post(signed(body));

    // Then
    assertThat(response.statusCode()).isEqualTo(400);
    var error = json(response).path("error");
    assertThat(error.path("type").textValue()).isEqualTo("invalid_request_error");
    assertThat(error.path("param").textValue()).isEqualTo(field);
    assertThat(error.path("message").textValue()).isNotBlank();
  }

  @Test
  void refusesABodyThatNestsTooDeep() throws Exception {
    assertThat(post(signed("[".repeat(5_000))).statusCode()).isEqualTo(400);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    // Given
    var body = "{\"input\":\"" + "a".repeat(EmbeddingsEndpoint.MAX_BODY) + "\"}";

    // When
    var response = post(signed(body));

    // Then
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void refusesARequestThatNobodySigned() throws Exception {
    // When
    var response = post(request(GOOD));

    // Then
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(json(response).at("/error/code").textValue()).isEqualTo("invalid_signature");
  }

  @Test
  void refusesARequestThatAStrangerSigned() throws Exception {
    // When
    var response = post(signed(request(GOOD), GOOD, STRANGER, NOW, nonce()));

    // Then
    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void refusesASignatureOfAnotherBody() throws Exception {
    // When
    var response = post(signed(request("{\"input\":\"other\"}"), GOOD, NODE, NOW, nonce()));

    // Then
    assertThat(response.statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(ints = {-61, 6})
  void refusesASignatureThatIsOldOrFromTheFuture(int seconds) throws Exception {
    // When
    var response = post(signed(request(GOOD), GOOD, NODE, NOW.plusSeconds(seconds), nonce()));

    // Then
    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void takesEachSignatureOnce() throws Exception {
    // Given
    var nonce = nonce();
    assertThat(post(signed(request(GOOD), GOOD, NODE, NOW, nonce)).statusCode()).isEqualTo(200);

    // When
    var again = post(signed(request(GOOD), GOOD, NODE, NOW, nonce));

    // Then
    assertThat(again.statusCode()).isEqualTo(401);
    assertThat(json(again).at("/error/message").textValue()).contains("used before");
  }

  @Test
  void saysWhatThereIsWhenAskedForSomethingElse() throws Exception {
    // When
    var elsewhere = send(HttpRequest.newBuilder(uri("/v1/models")).build());
    var wrongMethod = send(HttpRequest.newBuilder(uri("/v1/embeddings")).build());

    // Then
    assertThat(elsewhere.statusCode()).isEqualTo(404);
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void tellsProbesThatTheModelIsLoaded() throws Exception {
    assertThat(send(HttpRequest.newBuilder(uri("/health")).build()).statusCode()).isEqualTo(200);
  }

  private static HttpRequest.Builder signed(String body) {
    return signed(request(body), body, NODE, NOW, nonce());
  }

  private static HttpRequest.Builder signed(
      HttpRequest.Builder request, String body, OriginKey key, Instant created, String nonce) {
    var view =
        RequestView.of(
            "POST", "localhost:" + server.port(), "/v1/embeddings", "", body.getBytes(UTF_8));
    var signature = HttpSignature.sign(view, key, KEY_ID, created, Duration.ofSeconds(60), nonce);
    return request
        .header("Content-Digest", signature.contentDigest())
        .header("Signature-Input", signature.signatureInput())
        .header("Signature", signature.signature());
  }

  private static HttpRequest.Builder request(String body) {
    return HttpRequest.newBuilder(uri("/v1/embeddings"))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> post(HttpRequest.Builder request) throws Exception {
    return send(request.build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://localhost:" + server.port() + path);
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  private static String nonce() {
    return "nonce-" + nonces++;
  }
}
