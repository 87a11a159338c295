package io.stoa.x402.extension;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;

/**
 * The JSON Schemas that stand in a 402 beside what they describe. They say no more than what a
 * client has to add: a 402 is a header, and many proxies take no more than 8 KiB of those.
 */
final class Schemas {
  /** The only dialect the protocol knows. */
  static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private Schemas() {}

  /** Reads the schema of an object, adding the dialect. Shared: never modified. */
  static ObjectNode object(String json) {
    try {
      return HeaderCodec.fixed(
          HeaderCodec.object()
              .put("$schema", DIALECT)
              .put("type", "object")
              .setAll((ObjectNode) new ObjectMapper().readTree(json)));
    } catch (JsonProcessingException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** What a 402 says of an extension. */
  static ObjectNode part(ObjectNode info, ObjectNode schema) {
    var part = HeaderCodec.object();
    part.set("info", info);
    part.set("schema", schema);
    return part;
  }
}
