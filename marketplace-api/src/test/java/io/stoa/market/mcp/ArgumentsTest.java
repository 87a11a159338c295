package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.listing.Call;
import io.stoa.market.inference.ToolCalls.ToolCall;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
  private static final Tool ITEMS = Described.tool(Described.get("/items/:id"));
  private static final Tool ASK = with(Call.Place.JSON, "{\"q\":1}");

  @Test
  void pathAndQueryAreEncoded() throws MalformedPayment {
    // When
    var call =
        read(
            ITEMS,
            """
            {"pathParams":{"id":"a b?c"},"queryParams":{"q":"x&y=z","n":[1,2.50],"t":true}}
            """);

    // Then
    assertThat(call.resource()).isEqualTo("mcp://tool/stoa.minilm.get.items._pid");
    assertThat(call.method()).isEqualTo("GET");
    assertThat(call.path()).isEqualTo("/items/a%20b%3Fc");
    assertThat(call.query()).contains("q=x%26y%3Dz&n=1&n=2.50&t=true");
    assertThat(call.body()).isEmpty();
  }

  @Test
  void aJsonBodyIsPassedOnAsItWasWritten() throws MalformedPayment {
    // When
    var body = read(ASK, "{\"body\":{\"z\":1.10,\"a\":[null,\"ü\"]}}").body().orElseThrow();

    // Then
    assertThat(body.mediaType()).isEqualTo("application/json");
    assertThat(text(body)).isEqualTo("{\"z\":1.10,\"a\":[null,\"ü\"]}");
  }

  @Test
  void aTextIsTheBodyItself() throws MalformedPayment {
    // When
    var body = read(with(Call.Place.TEXT, "\"hi\""), "{\"body\":\"hello\"}").body().orElseThrow();

    // Then
    assertThat(body.mediaType()).isEqualTo("text/plain; charset=utf-8");
    assertThat(text(body)).isEqualTo("hello");
  }

  @Test
  void aFormIsSentInPartsAndAlwaysAsTheSameBytes() throws MalformedPayment {
    // Given
    var tool = with(Call.Place.FORM_DATA, "{\"q\":1}");
    var arguments =
        """
        {"body":{"a\\"b":"x","n":[1,{"k":2}]}}
        """;

    // When
    var body = read(tool, arguments).body().orElseThrow();

    // Then
    var boundary = body.mediaType().replace("multipart/form-data; boundary=", "");
    assertThat(boundary).matches("form-[0-9a-f]{64}");
    assertThat(text(body).replace(boundary, "B").replace("\r\n", "|"))
        .isEqualTo(
            "--B|Content-Disposition: form-data; name=\"a%22b\"||x|"
                + "--B|Content-Disposition: form-data; name=\"n\"||1|"
                + "--B|Content-Disposition: form-data; name=\"n\"|Content-Type: application/json||"
                + "{\"k\":2}|--B--|");
    assertThat(read(tool, arguments).body()).contains(body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | /arguments/pathParams is missing",
        "{\"pathParams\":{}} | /arguments/pathParams/id is missing",
        "{\"pathParams\":{\"id\":7}} | /arguments/pathParams/id must be a string",
        "{\"pathParams\":{\"id\":\"\"}} | /arguments/pathParams/id must be",
        "{\"pathParams\":{\"id\":\"..\"}} | /arguments/pathParams/id must be",
        "{\"pathParams\":{\"id\":\"a/b\"}} | /arguments/pathParams/id must be",
        "{\"pathParams\":{\"id\":\"1\",\"no\":\"2\"}} | /arguments/pathParams/no is not in the path",
        "{\"pathParams\":{\"id\":\"1\"},\"queryParams\":{\"q\":{}}} | /arguments/queryParams/q must be",
        "{\"pathParams\":{\"id\":\"1\"},\"queryParams\":{\"q\":null}} | /arguments/queryParams/q must be",
        "{\"pathParams\":{\"id\":\"1\"},\"body\":{}} | /arguments/body is not an argument",
        "{\"pathParams\":[]} | must be a JSON object"
      })
  void whatIsWrongIsNamed(String arguments, String complaint) {
    assertThatThrownBy(() -> read(ITEMS, arguments))
        .isInstanceOf(MalformedPayment.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void aBodyThatIsMissingIsNamed() {
    assertThatThrownBy(() -> read(ASK, "{}")).hasMessageContaining("/arguments/body is missing");
  }

  private static Tool with(Call.Place place, String example) {
    return Described.tool(Described.call(Call.Method.POST, "/ask", place, example));
  }

  private static ToolCall read(Tool tool, String arguments) throws MalformedPayment {
    return Arguments.read(tool, Fields.of(Described.json(arguments), "/arguments"));
  }

  private static String text(ToolCall.Body body) {
    return new String(body.bytes().toBytes(), UTF_8);
  }
}
