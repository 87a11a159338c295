package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Where a stranger's JSON Schema would lead whoever follows it. */
final class SchemaReferences {
  private static final Set<String> KEYWORDS = Set.of("$ref", "$id", "$dynamicRef", "$recursiveRef");

  private SchemaReferences() {}

  /**
   * Whether {@code schema} stays within its own document and the dialect of the protocol. Looks at
   * every member of these names, also where it is no keyword: a schema has no need of them there.
   */
  static boolean areLocal(JsonNode schema) {
    for (var member : schema.properties()) {
      var value = member.getValue();
      if (KEYWORDS.contains(member.getKey())
          && !(value.isTextual() && value.textValue().startsWith("#"))) {
        return false;
      }
      if (member.getKey().equals("$schema") && !Schemas.DIALECT.equals(value.textValue())) {
        return false;
      }
    }
    for (var child : schema) {
      if (!areLocal(child)) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code schema} refers to nothing: it may be put anywhere in another one. */
  static boolean areAbsent(JsonNode schema) {
    for (var keyword : KEYWORDS) {
      if (schema.findValue(keyword) != null) {
        return false;
      }
    }
    return true;
  }
}
