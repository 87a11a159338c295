package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import java.util.Optional;

/**
 * How an HTTP resource is called, by example and by JSON Schema, as catalogues show it. The schemas
 * refer to nothing but what they hold: they become part of a larger one.
 */
public sealed interface HttpCall {

  /** What it answers, where the provider says so. */
  Optional<Output> output();

  /** {@code input} of the bazaar's {@code info}. */
  ObjectNode input();

  /** The schema of {@link #input}. */
  ObjectNode inputSchema();

  /** The methods without a body. */
  public enum PlainMethod {
    GET,
    HEAD,
    DELETE
  }

  /** The methods with a body. */
  public enum BodyMethod {
    POST,
    PUT,
    PATCH
  }

  /** What the body is. */
  public enum BodyType {
    JSON("json"),
    FORM_DATA("form-data"),
    TEXT("text");

    private final String wire;

    BodyType(String wire) {
      this.wire = wire;
    }
  }

  /** With the input in the query. */
  record Query(PlainMethod method, ObjectNode example, ObjectNode schema, Optional<Output> output)
      implements HttpCall {
    public Query {
      requireSelfContained(schema);
    }

    @Override
    public ObjectNode input() {
      return HeaderCodec.object()
          .put("type", "http")
          .put("method", method.name())
          .set("queryParams", example);
    }

    @Override
    public ObjectNode inputSchema() {
      var properties = properties(method.name());
      properties.set("queryParams", schema);
      return closed(properties, "type", "method");
    }
  }

  /** With the input in the body. */
  record Body(
      BodyMethod method,
      BodyType type,
      JsonNode example,
      ObjectNode schema,
      Optional<Output> output)
      implements HttpCall {
    public Body {
      requireSelfContained(schema);
    }

    @Override
    public ObjectNode input() {
      return HeaderCodec.object()
          .put("type", "http")
          .put("method", method.name())
          .put("bodyType", type.wire)
          .set("body", example);
    }

    @Override
    public ObjectNode inputSchema() {
      var properties = properties(method.name());
      properties.set("bodyType", constant(type.wire));
      properties.set("body", schema);
      return closed(properties, "type", "method", "bodyType", "body");
    }
  }

  /**
   * An answer in JSON.
   *
   * @param schema of the answer; empty for any
   */
  record Output(JsonNode example, ObjectNode schema) {
    public Output {
      requireSelfContained(schema);
    }
  }

  private static ObjectNode properties(String method) {
    var properties = HeaderCodec.object();
    properties.set("type", constant("http"));
    properties.set("method", constant(method));
    return properties;
  }

  private static ObjectNode constant(String value) {
    return HeaderCodec.object().put("type", "string").put("const", value);
  }

  private static ObjectNode closed(ObjectNode properties, String... required) {
    var schema = HeaderCodec.object().put("type", "object");
    schema.set("properties", properties);
    var names = schema.putArray("required");
    for (var name : required) {
      names.add(name);
    }
    return schema.put("additionalProperties", false);
  }

  private static void requireSelfContained(ObjectNode schema) {
    if (!SchemaReferences.areAbsent(schema)) {
      throw new IllegalArgumentException("a schema with references");
    }
  }
}
