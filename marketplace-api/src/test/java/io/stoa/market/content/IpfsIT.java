package io.stoa.market.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Cid;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpfsIT {
  private final RunningMarket market = RunningMarket.shared();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_048_576, 1_048_577, 5_000_000})
  void givesBackEveryByte(int size) throws IOException {
    var content = content(size);

    var answer = get("/ipfs/" + store(content));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(content);
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(size));
  }

  @Test
  void keepsBrowsersFromRunningIt() throws IOException {
    var cid = store("<html><script>alert(1)</script></html>".getBytes(UTF_8));

    var answer = get("/ipfs/" + cid);

    assertThat(header(answer, "Content-Security-Policy")).isEqualTo("sandbox");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Content-Disposition")).isEqualTo("attachment");
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
  }

  @Test
  void letsEverybodyKeepItForEver() throws IOException {
    var cid = store(content(10_000));

    var answer = get("/ipfs/" + cid);
    var known =
        send(market.request("/ipfs/" + cid).header("If-None-Match", "\"" + cid + "\"").build());

    assertThat(header(answer, "ETag")).isEqualTo("\"" + cid + "\"");
    assertThat(header(answer, "Cache-Control")).contains("immutable");
    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(known.body()).isEmpty();
  }

  @Test
  void givesOutPartsOfIt() throws IOException {
    var content = content(3_000_000);
    var cid = store(content);

    var part =
        send(market.request("/ipfs/" + cid).header("Range", "bytes=1048570-2097160").build());
    var nothing = send(market.request("/ipfs/" + cid).header("Range", "bytes=3000000-").build());

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(header(part, "Content-Range")).isEqualTo("bytes 1048570-2097160/3000000");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 1_048_570, 2_097_161));
    assertThat(nothing.statusCode()).isEqualTo(416);
    assertThat(header(nothing, "Content-Range")).isEqualTo("bytes */3000000");
  }

  @Test
  void tellsItsSizeWithoutSendingIt() throws IOException {
    var cid = store(content(2_000_000));

    var answer =
        send(
            market
                .request("/ipfs/" + cid)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo("2000000");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void givesOutSingleBlocksForOthersToVerify() throws Exception {
    var cid = store(content(3_000_000));

    var answer = get("/ipfs/" + cid + "?format=raw");

    assertThat(header(answer, "Content-Type")).isEqualTo("application/vnd.ipld.raw");
    assertThat(Cid.parse(cid).sha256().toBytes()).isEqualTo(sha256(answer.body()));
  }

  private String store(byte[] content) throws IOException {
    var answer =
        TestListing.upload(
            market,
            Surroundings.wallet("buyer-7"),
            "/v1/artifacts",
            "application/octet-stream",
            content);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return new JsonMapper().readTree(answer.body()).path("cid").asText();
  }

  private HttpResponse<byte[]> get(String path) {
    return send(market.request(path).build());
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    return market.send(request, BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  private static byte[] sha256(byte[] content) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("SHA-256").digest(content);
  }

  private static byte[] content(int size) {
    var content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }
}
