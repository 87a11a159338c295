package io.stoa.indexer.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.HashSet;

/**
 * What the schema of manifests cannot say of the calls of an endpoint. They go into the headers of
 * others, who validate and repeat them: so they are small, true to their own schemas, and hold no
 * number that another language would round.
 */
final class CallRules {
  private static final int LARGEST = 2048;
  private static final long LARGEST_NUMBER = (1L << 53) - 1;

  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private CallRules() {}

  /**
   * @param pointer of the calls in their document
   * @param calls as their schema wants them; may be missing
   */
  static void check(String pointer, JsonNode calls) throws Fault {
    var seen = new HashSet<String>();
    for (int i = 0; i < calls.size(); i++) {
      var call = calls.get(i);
      var place = pointer + "/" + i;
      if (call.toString().getBytes(UTF_8).length > LARGEST) {
        throw new Fault(place, "it is larger than %d bytes".formatted(LARGEST));
      }
      if (!seen.add(call.path("method").textValue() + " " + call.path("path").textValue())) {
        throw new Fault(place, "it is described twice");
      }
      requireWholeNumbers(place, call);
      requireExampleOfItsSchema(place + "/input", call.path("input"));
      requireExampleOfItsSchema(place + "/output", call.path("output"));
    }
  }

  private static void requireWholeNumbers(String pointer, JsonNode node) throws Fault {
    if (node.isNumber()
        && !(node.isIntegralNumber()
            && node.canConvertToLong()
            && Math.abs(node.longValue()) <= LARGEST_NUMBER)) {
      throw new Fault(pointer, "it holds a number that is not whole, or beyond 2^53 - 1");
    }
    for (var child : node) {
      requireWholeNumbers(pointer, child);
    }
  }

  /** Quick, whoever wrote them: schemas of this kind have neither patterns nor references. */
  private static void requireExampleOfItsSchema(String pointer, JsonNode said) throws Fault {
    var schema = said.path("schema");
    if (schema.isObject() && !SCHEMAS.getSchema(schema).validate(said.path("example")).isEmpty()) {
      throw new Fault(pointer + "/example", "it does not keep its schema");
    }
  }
}
