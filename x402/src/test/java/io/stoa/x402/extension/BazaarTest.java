package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BazaarTest {
  private static final JsonSchemas SCHEMAS = new LocalSchemas();

  @Test
  void a402TellsHowAResourceWithABodyIsCalled() {
    assertThat(Bazaar.part(BazaarExample.embeddings(), Optional.empty()))
        .isEqualTo(
            Example.object(
                """
                {'info':{
                  'input':{'type':'http','method':'POST','bodyType':'json',
                   'body':{'input':'hello'}},
                  'output':{'type':'json','example':{'data':[]}}},
                 'schema':{'$schema':'https://json-schema.org/draft/2020-12/schema',
                  'type':'object',
                  'properties':{
                   'input':{'type':'object',
                    'properties':{
                     'type':{'type':'string','const':'http'},
                     'method':{'type':'string','const':'POST'},
                     'bodyType':{'type':'string','const':'json'},
                     'body':{'type':'object','properties':{'input':{'type':'string'}},
                      'required':['input']}},
                    'required':['type','method','bodyType','body'],
                    'additionalProperties':false},
                   'output':{'type':'object',
                    'properties':{'type':{'type':'string'},'example':{'type':'object'}},
                    'required':['type']}},
                  'required':['input']}}
                """));
  }

  @Test
  void a402TellsHowAResourceWithAQueryIsCalled() {
    // When
    var part = Bazaar.part(BazaarExample.weather(), RouteTemplate.find("/weather/:city"));

    // Then
    assertThat(part.get("info"))
        .isEqualTo(
            Example.object("{'input':{'type':'http','method':'GET','queryParams':{'days':3}}}"));
    assertThat(part.get("routeTemplate").textValue()).isEqualTo("/weather/:city");
    assertThat(part.at("/schema/properties/input/required")).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsToldKeepsItsOwnSchema(HttpCall.PlainMethod method) {
    assertThat(keepsItsSchema(BazaarExample.weather(method))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsToldOfABodyKeepsItsOwnSchema(HttpCall.BodyMethod method) {
    for (var type : HttpCall.BodyType.values()) {
      assertThat(keepsItsSchema(BazaarExample.embeddings(method, type))).isTrue();
    }
  }

  @Test
  void anExampleAgainstItsSchemaIsNoticed() {
    // Given
    var call =
        new HttpCall.Query(
            HttpCall.PlainMethod.GET,
            Example.object("{'days':'three'}"),
            Example.object("{'type':'object','properties':{'days':{'type':'integer'}}}"),
            Optional.empty());

    // When, Then
    assertThat(keepsItsSchema(call)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'#/$defs/x'}",
        "{'properties':{'a':{'$ref':'https://evil.example/'}}}",
        "{'$id':'https://m.example/'}",
        "{'allOf':[{'$dynamicRef':'#x'}]}"
      })
  void aSchemaThatRefersToAnythingCannotBecomePartOfAnother(String schema) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new HttpCall.Query(
                    HttpCall.PlainMethod.GET,
                    Example.object("{}"),
                    Example.object(schema),
                    Optional.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HttpCall.Output(Example.object("{}"), Example.object(schema)));
  }

  private static boolean keepsItsSchema(HttpCall call) {
    var part = Bazaar.part(call, Optional.empty());
    return SCHEMAS.accepts((ObjectNode) part.get("schema"), (ObjectNode) part.get("info"));
  }
}
