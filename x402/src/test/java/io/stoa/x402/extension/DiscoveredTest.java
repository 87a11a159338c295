package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveredTest {
  private static final JsonSchemas SCHEMAS = new LocalSchemas();

  @Test
  void whatA402ToldIsReadFromThePayment() throws MalformedPayment {
    // Given
    var part = Bazaar.part(BazaarExample.embeddings(), Optional.empty());

    // When
    var discovered = read(part).orElseThrow();

    // Then
    assertThat(discovered.call()).isEqualTo(new Discovered.Call.Http("POST"));
    assertThat(discovered.call().type()).hasToString("http");
    assertThat(discovered.info()).isEqualTo(part.get("info"));
    assertThat(discovered.resource()).isEqualTo("https://m.example/v1/infer");
  }

  @Test
  void aRouteNamesTheResourceInPlaceOfItsPath() throws MalformedPayment {
    // Given
    var part = Bazaar.part(BazaarExample.weather(), RouteTemplate.find("/weather/:city"));

    // When, Then
    assertThat(read(part).orElseThrow().resource()).isEqualTo("https://m.example/weather/:city");
  }

  @Test
  void aBadRouteIsPassedOver() throws MalformedPayment {
    // Given
    var part = Bazaar.part(BazaarExample.weather(), Optional.empty());

    // When, Then
    assertThat(read(part.put("routeTemplate", "/%2e%2e/admin")).orElseThrow().resource())
        .isEqualTo("https://m.example/v1/infer");
    assertThat(read(part.put("routeTemplate", 7)).orElseThrow().route()).isEmpty();
  }

  @Test
  void aToolOfAnMcpServerIsNamedByItsUrlAndItself() throws MalformedPayment {
    // Given
    var part =
        Example.object(
            """
            {'info':{'input':{'type':'mcp','toolName':'infer','inputSchema':{'type':'object'},
              'transport':'sse'}},
             'schema':{'type':'object'}}
            """);

    // When
    var discovered = read("mcp://tool/infer", part).orElseThrow();

    // Then
    assertThat(discovered.call()).isEqualTo(new Discovered.Call.Mcp("infer"));
    assertThat(discovered.call().type()).hasToString("mcp");
    assertThat(discovered.resource()).isEqualTo("mcp://tool/infer");
  }

  @Test
  void aPaymentThatSaysNothingIsNotDiscovered() throws MalformedPayment {
    assertThat(Discovered.read(PaymentPayload.read(Example.header(Example.message())), SCHEMAS))
        .isEmpty();
  }

  @Test
  void rule65InfoThatBreaksItsSchemaIsRefused() {
    // Given
    var part = Bazaar.part(BazaarExample.embeddings(), Optional.empty());
    Example.at(part, "/info/input/body").put("input", 7);

    // When, Then
    assertThat(refused(Example.URL, part)).isEqualTo("/extensions/bazaar/info");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'https://evil.example/schema'}",
        "{'$ref':'file:///etc/passwd'}",
        "{'$ref':'other.json'}",
        "{'$ref':7}",
        "{'$id':'https://evil.example/'}",
        "{'$id':'urn:x'}",
        "{'$dynamicRef':'https://evil.example/#x'}",
        "{'$recursiveRef':'https://evil.example/#x'}",
        "{'$schema':'https://evil.example/dialect'}",
        "{'properties':{'input':{'allOf':[{'not':{'$ref':'//evil.example/'}}]}}}",
        "{'$defs':{'a':{'$schema':'http://json-schema.org/draft-07/schema#'}}}"
      })
  void rule65ASchemaThatLeadsElsewhereIsNotEvenTried(String schema) throws MalformedPayment {
    // Given
    var part = Bazaar.part(BazaarExample.embeddings(), Optional.empty());
    part.set("schema", Example.object(schema));
    var payload = payload(Example.URL, part);
    List<ObjectNode> tried = new ArrayList<>();

    // When
    var malformed =
        catchThrowableOfType(
            MalformedPayment.class,
            () -> Discovered.read(payload, (theirs, value) -> tried.add(theirs)));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/extensions/bazaar/schema");
    assertThat(tried).isEmpty();
  }

  @Test
  void rule65ASchemaMayReferToItself() throws MalformedPayment {
    // Given
    var part = Bazaar.part(BazaarExample.embeddings(), Optional.empty());
    part.set(
        "schema",
        Example.object(
            """
            {'$schema':'https://json-schema.org/draft/2020-12/schema',
             '$defs':{'input':{'type':'object','required':['body']}},
             'properties':{'input':{'$ref':'#/$defs/input'}}}
            """));

    // When
    var whole = read(part);
    ((ObjectNode) part.at("/info/input")).remove("body");

    // Then
    assertThat(whole).isPresent();
    assertThat(refused(Example.URL, part)).isEqualTo("/extensions/bazaar/info");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type|\"ftp\"",
        "type|null",
        "method|\"CONNECT\"",
        "method|\"post\"",
        "method|[\"POST\"]",
        "method|\"GET\"",
        "bodyType|\"xml\"",
        "bodyType|null"
      })
  void anInputOfAnotherFormIsRefused(String field, String value) {
    // Given
    var part = Bazaar.part(BazaarExample.embeddings(), Optional.empty());
    var input = Example.at(part, "/info/input");
    input.set(field, Example.object("{\"it\":" + value + "}").get("it"));

    // When, Then
    assertThat(refused(Example.URL, part)).startsWith("/extensions/bazaar/info/input/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'mcp','inputSchema':{}}",
        "{'type':'mcp','toolName':'','inputSchema':{}}",
        "{'type':'mcp','toolName':'infer'}",
        "{'type':'mcp','toolName':'infer','inputSchema':{},'transport':'pigeon'}"
      })
  void aToolOfAnotherFormIsRefused(String input) {
    // Given
    var part = Example.object("{'info':{'input':" + input + "},'schema':{}}");

    // When, Then
    assertThat(refused(Example.URL, part)).startsWith("/extensions/bazaar/info/input/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'x'", "{}", "{'info':{}}", "{'info':{'input':{}}}", "{'schema':{}}"})
  void aPartOfAnotherFormIsRefused(String part) {
    // Given
    var message = Example.message();
    message.set("extensions", Example.object("{'bazaar':" + part + "}"));

    // When
    var malformed =
        catchThrowableOfType(
            MalformedPayment.class,
            () -> Discovered.read(PaymentPayload.read(Example.header(message)), SCHEMAS));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_discovery_extension");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/infer",
        "m.example",
        "https:m.example",
        "https://user@m.example/",
        "javascript:alert(1)",
        "mcp://tool/infer",
        "https://m.example/ blank",
        ""
      })
  void aResourceHasTheUrlOfAWebServer(String url) {
    var part = Bazaar.part(BazaarExample.weather(), Optional.empty());

    assertThat(refused(url, part)).isEqualTo("/resource/url");
  }

  private static String refused(String url, ObjectNode part) {
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(url, part));
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_discovery_extension");
    return malformed.pointer();
  }

  private static Optional<Discovered> read(ObjectNode part) throws MalformedPayment {
    return read(Example.URL, part);
  }

  private static Optional<Discovered> read(String url, ObjectNode part) throws MalformedPayment {
    return Discovered.read(payload(url, part), SCHEMAS);
  }

  private static PaymentPayload payload(String url, ObjectNode part) throws MalformedPayment {
    var message = Example.message();
    Example.at(message, "/resource").put("url", url);
    message.putObject("extensions").set("bazaar", part);
    return PaymentPayload.read(Example.header(message));
  }
}
