package io.stoa.market.inference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.listing.Unit;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * What providers say that a request needed: in the field {@code Stoa-Usage} (a dictionary of
 * integers, RFC 9651: {@code input_token=12, output_token=34}), or in {@code usage} of JSON like
 * that of OpenAI. What is not understood was not said.
 */
final class ReportedUsage {
  static final String FIELD = "stoa-usage";

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(20)
                          .build())
                  // Names come from strangers: they are not worth remembering.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .build();

  private ReportedUsage() {}

  static Map<Unit, Long> inField(String dictionary) {
    var counts = new EnumMap<Unit, Long>(Unit.class);
    for (var member : dictionary.split(",", 16)) {
      int equals = member.indexOf('=');
      if (equals > 0) {
        var name = member.substring(0, equals).strip();
        var digits = member.substring(equals + 1).strip();
        for (var unit : Unit.values()) {
          if (unit.key().equalsIgnoreCase(name) && isCount(digits)) {
            counts.put(unit, Long.valueOf(digits));
          }
        }
      }
    }
    return counts;
  }

  static Map<Unit, Long> inBody(byte[] body) {
    var counts = new EnumMap<Unit, Long>(Unit.class);
    var document = read(body);
    // Anthropic's streams begin with a message that holds it.
    var usage = document.has("usage") ? document.path("usage") : document.at("/message/usage");
    put(Unit.INPUT_TOKEN, usage, counts, "prompt_tokens", "input_tokens");
    put(Unit.OUTPUT_TOKEN, usage, counts, "completion_tokens", "output_tokens");
    return counts;
  }

  /** Strangers' JSON, as it comes. */
  static JsonParser parser(byte[] body) throws IOException {
    return JSON.createParser(body);
  }

  /** Strangers' JSON; missing when it is none. */
  private static JsonNode read(byte[] body) {
    try {
      var json = body.length == 0 ? null : JSON.readTree(body);
      return json == null ? JSON.missingNode() : json;
    } catch (IOException notJson) {
      return JSON.missingNode();
    }
  }

  private static void put(Unit unit, JsonNode usage, Map<Unit, Long> counts, String... names) {
    for (var name : names) {
      var count = usage.path(name);
      if (count.isIntegralNumber() && count.canConvertToInt() && count.intValue() >= 0) {
        counts.put(unit, count.longValue());
        return;
      }
    }
  }

  private static boolean isCount(String digits) {
    return !digits.isEmpty()
        && digits.length() <= 15
        && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
  }
}
