package io.stoa.market.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol around the tools. */
class McpIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}";
  private static final String META =
      """
      "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
               "io.modelcontextprotocol/clientCapabilities":{}}
      """;

  private final RunningMarket market = RunningMarket.shared();

  /** An instance that has just started knows of no tools yet. */
  @BeforeEach
  void awaitTools() {
    await().until(() -> postModern("tools/list").statusCode() == 200);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-03-26, 2025-03-26",
    "2025-06-18, 2025-06-18",
    "2025-11-25, 2025-11-25",
    "2024-11-05, 2025-11-25",
    "2026-07-28, 2025-11-25",
    "soon, 2025-11-25"
  })
  void aHandshakeAgreesUponARevisionThatBothKnow(String asked, String agreed) {
    // When
    var result =
        json(post(
                """
                    {"jsonrpc":"2.0","id":0,"method":"initialize","params":{
                      "protocolVersion":"%s","capabilities":{},
                      "clientInfo":{"name":"test","version":"1"}}}
                    """
                    .formatted(asked)))
            .path("result");

    // Then
    assertThat(result.path("protocolVersion").asText()).isEqualTo(agreed);
    assertThat(result.at("/capabilities/tools").isObject()).isTrue();
    assertThat(result.at("/serverInfo/name").asText()).isEqualTo("stoa");
    assertThat(result.at("/serverInfo/version").asText()).isNotEmpty();
    assertThat(result.path("instructions").asText()).contains("x402/payment");
  }

  @Test
  void aPingIsAnswered() {
    assertThat(post(PING).body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"result\":{}}");
  }

  @Test
  void aNotificationIsTakenWithoutAnAnswer() {
    // When
    var answer = post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

    // Then
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aListOfMessagesIsAnsweredByAList() {
    // When
    var answers =
        json(post("[" + PING + ",{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"},{}]"));

    // Then
    assertThat(answers).hasSize(2);
    assertThat(answers.at("/0/id").asText()).isEqualTo("p");
    assertThat(answers.at("/1/error/code").intValue()).isEqualTo(-32600);
    assertThat(problem(post("[" + PING + "]", "MCP-Protocol-Version", "2025-06-18"), 400))
        .isEqualTo("batch-unsupported");
  }

  @Test
  void withoutAHandshakeEveryResultSaysThatItIsComplete() {
    // When
    var discovered = modern("server/discover");
    var listed = modern("tools/list");

    // Then
    assertThat(discovered.at("/result/resultType").asText()).isEqualTo("complete");
    assertThat(discovered.at("/result/supportedVersions"))
        .anyMatch(version -> version.asText().equals("2026-07-28"));
    assertThat(discovered.at("/result/capabilities/tools").isObject()).isTrue();
    assertThat(discovered.at("/result/_meta/io.modelcontextprotocol~1serverInfo/name").asText())
        .isEqualTo("stoa");
    assertThat(listed.at("/result/resultType").asText()).isEqualTo("complete");
    assertThat(listed.at("/result/tools").isArray()).isTrue();
    assertThat(listed.at("/result/ttlMs").intValue()).isPositive();
    assertThat(listed.at("/result/cacheScope").asText()).isEqualTo("public");
  }

  @Test
  void aMethodThatIsNotKnownIsAnErrorAsItsRevisionHasIt() {
    // When
    var old = post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/list\"}");
    var modern = postModern("ping");

    // Then
    assertThat(old.statusCode()).isEqualTo(200);
    assertThat(json(old).at("/error/code").intValue()).isEqualTo(-32601);
    assertThat(modern.statusCode()).isEqualTo(404);
    assertThat(json(modern).at("/error/code").intValue()).isEqualTo(-32601);
  }

  @Test
  void aRevisionThatIsNotKnownIsRefused() {
    // When
    var answer = post(PING, "MCP-Protocol-Version", "1900-01-01");

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/code").intValue()).isEqualTo(-32022);
    assertThat(json(answer).path("id").asText()).isEqualTo("p");
  }

  @Test
  void aPageOfAnotherOriginIsRefused() {
    for (var origin : new String[] {"https://evil.example", "null", market.origin() + "0"}) {
      assertThat(problem(post(PING, "Origin", origin), 403)).as(origin).isEqualTo("origin-foreign");
    }
    assertThat(post(PING, "Origin", market.origin().toString().replaceFirst("/$", "")))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "nothing", "{\"a\":1,\"a\":2}", "[]", "\u0000"})
  void whatIsNoJsonIsAProblem(String body) {
    assertThat(post(body).statusCode()).isEqualTo(400);
    assertThat(post(body).headers().firstValue("Content-Type"))
        .contains("application/problem+json");
  }

  @Test
  void whatIsNoMessageIsAnError() {
    // When
    var answer = post("{\"id\":7}");

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/code").intValue()).isEqualTo(-32600);
    assertThat(json(answer).path("id").intValue()).isEqualTo(7);
  }

  @Test
  void aBodyThatIsTooLargeOrOfAnotherTypeIsAProblem() {
    assertThat(problem(post("\"" + "x".repeat(1 << 20) + "\""), 413)).isEqualTo("body-too-large");
    assertThat(
            problem(
                market.send(
                    market
                        .request("/mcp")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(PING))
                        .build()),
                415))
        .isEqualTo("media-type-unsupported");
  }

  @Test
  void thereIsNoStreamOfTheServersOwnAndNoSessionToEnd() {
    for (var method : new String[] {"GET", "DELETE"}) {
      var answer =
          market.send(market.request("/mcp").method(method, BodyPublishers.noBody()).build());

      assertThat(answer.statusCode()).as(method).isEqualTo(405);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1", "-1--1", "1-99999999999", "9999999999999999999-1"})
  void aCursorThatNobodyGaveIsAnError(String cursor) {
    // When
    var answer =
        post(
            """
            {"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"%s"}}
            """
                .formatted(cursor));

    // Then
    assertThat(json(answer).at("/error/code").intValue()).isEqualTo(-32602);
  }

  private JsonNode modern(String method) {
    var answer = postModern(method);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private HttpResponse<String> postModern(String method) {
    return post(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}".formatted(method, META),
        "MCP-Protocol-Version",
        "2026-07-28",
        "Mcp-Method",
        method);
  }

  private HttpResponse<String> post(String body, String... headers) {
    var request =
        market
            .request("/mcp")
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(body));
    return market.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private static String problem(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return json(answer).path("code").asText();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException malformed) {
      throw new AssertionError("not JSON: " + answer.body(), malformed);
    }
  }
}
