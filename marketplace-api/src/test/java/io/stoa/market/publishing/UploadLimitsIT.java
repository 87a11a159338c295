package io.stoa.market.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.crypto.SigningKey;
import io.stoa.local.process.Await;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.SignedUpload;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What strangers may leave here, on a node that allows little and forgets soon. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UploadLimitsIT {
  private static final int MIB = 1 << 20;

  @AutoClose private RunningMarket market;

  @BeforeAll
  void start() {
    market =
        RunningMarket.start(
            Map.of(
                "stoa.artifacts.max-size", "900K",
                "stoa.artifacts.quota-per-wallet", "1M",
                "stoa.artifacts.quota-total", "3M",
                "stoa.artifacts.unpublished-retention", "6s",
                "stoa.artifacts.upload-time-limit", "5s",
                "stoa.artifacts.sweep-every", "1s"));
  }

  @Test
  void concurrentUploadsOfOneWalletStayWithinItsQuota() throws Exception {
    var wallet = Surroundings.wallet("member-1");
    List<Callable<HttpResponse<String>>> uploads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      var content = content(200_000, i);
      uploads.add(() -> upload(wallet, content));
    }

    int stored = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(uploads)) {
        var response = answer.get();
        assertThat(response.statusCode()).isIn(201, 429);
        if (response.statusCode() == 201) {
          stored++;
        } else {
          assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
      }
    }

    assertThat(stored).isEqualTo(5);
  }

  @Test
  void unpublishedContentGoesAndMakesRoomWhilePublishedContentStays() throws Exception {
    // Given
    var wallet = Surroundings.wallet("member-2");
    var kept = json(upload(wallet, content(500_000, 20)));
    TestListing.of("kept")
        .publishedBy(wallet)
        .servedAt(URI.create("http://127.0.0.1:1/"))
        .withArtifact("kept.bin", kept)
        .in(market);
    var lost = json(upload(wallet, content(400_000, 21)));

    // When
    var isGone =
        Await.until(Duration.ofSeconds(30), () -> statusOf(lost.path("cid").asText()) == 404);

    // Then
    assertThat(isGone).isTrue();
    assertThat(statusOf(kept.path("cid").asText())).isEqualTo(200);
    assertThat(
            Await.until(
                Duration.ofSeconds(20),
                () -> upload(wallet, content(900 * 1024, 22)).statusCode() == 201))
        .isTrue();
  }

  @Test
  void refusesWhatIsLargerThanOneUploadMayBe() {
    var answer = upload(Surroundings.wallet("member-3"), content(MIB, 30));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("body-too-large");
  }

  @Test
  void anUploadThatIsCutOffLeavesNothingAndCanBeRepeated() throws Exception {
    // Given
    var wallet = Surroundings.wallet("member-4");
    var body = content(800_000, 40);
    var header = SignedUpload.of(wallet, market.surroundings().contracts().chain(), body).header();

    // When
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), market.origin().getPort())) {
      var out = socket.getOutputStream();
      out.write(head(header, body.length).getBytes(StandardCharsets.US_ASCII));
      out.write(body, 0, body.length / 2);
      out.flush();
    }

    // Then
    assertThat(Await.until(Duration.ofSeconds(20), () -> repeat(header, body) == 201)).isTrue();
    try (var incoming = Files.list(market.storage().resolve("incoming"))) {
      assertThat(incoming).isEmpty();
    }
  }

  private String head(String authorization, int length) {
    return """
        POST /v1/artifacts HTTP/1.1\r
        Host: market\r
        Content-Type: application/octet-stream\r
        Content-Length: %d\r
        Authorization: %s\r
        \r
        """
        .formatted(length, authorization);
  }

  private int repeat(String authorization, byte[] body) {
    return market
        .send(
            market
                .request("/v1/artifacts")
                .header("Content-Type", "application/octet-stream")
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofByteArray(body))
                .build())
        .statusCode();
  }

  private HttpResponse<String> upload(SigningKey wallet, byte[] body) {
    return TestListing.upload(market, wallet, "/v1/artifacts", "application/octet-stream", body);
  }

  private int statusOf(String cid) {
    return market.get("/ipfs/" + cid).statusCode();
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return new JsonMapper().readTree(answer.body());
  }

  private static byte[] content(int size, int seed) {
    var content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }
}
