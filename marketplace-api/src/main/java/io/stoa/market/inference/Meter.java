package io.stoa.market.inference;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what a request may need at most, and what it needed. Time and bytes are the node's own
 * figures. Tokens and items are the provider's, who says them in the field {@code Stoa-Usage} (a
 * dictionary of integers, RFC 9651: {@code input_token=12, output_token=34}) or, failing that, in
 * {@code usage} of an answer like those of OpenAI. The buyer is protected by the ceiling.
 */
final class Meter {
  static final String FIELD = "stoa-usage";

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(20)
                          .build())
                  .build())
          .build();
  private static final String[] OUTPUT_LIMITS = {
    "max_completion_tokens", "max_output_tokens", "max_tokens"
  };
  private static final int MOST_CHOICES = 128;

  private final Duration longest;
  private final long largestAnswer;

  /**
   * @param longest a provider may take
   * @param largestAnswer in bytes
   */
  Meter(Duration longest, long largestAnswer) {
    this.longest = longest;
    this.largestAnswer = largestAnswer;
  }

  /** No token is shorter than a byte, so that a body's length bounds what a model reads of it. */
  Usage limits(byte[] body) {
    var limits = new EnumMap<Unit, Long>(Unit.class);
    limits.put(Unit.SECOND, begun(longest));
    limits.put(Unit.BYTE, largestAnswer);
    var request = read(body);
    if (request.isObject()) {
      limits.put(Unit.INPUT_TOKEN, (long) body.length);
      putOutput(request, limits);
    }
    return new Usage(limits);
  }

  /**
   * @param took from the request to the end of the answer
   */
  Usage count(Answer answer, Duration took) {
    var counts = new EnumMap<Unit, Long>(Unit.class);
    reported(answer, counts);
    counts.put(Unit.SECOND, begun(took));
    counts.put(Unit.BYTE, (long) answer.body().size());
    return new Usage(counts);
  }

  private static void putOutput(JsonNode request, Map<Unit, Long> limits) {
    var choices = request.path("n");
    if (!choices.isMissingNode() && (!choices.isInt() || !isWithin(choices, MOST_CHOICES))) {
      return;
    }
    for (var name : OUTPUT_LIMITS) {
      var limit = request.path(name);
      if (isWithin(limit, Integer.MAX_VALUE)) {
        limits.put(Unit.OUTPUT_TOKEN, limit.longValue() * choices.asLong(1));
        return;
      }
    }
  }

  private static boolean isWithin(JsonNode number, int most) {
    return number.isIntegralNumber()
        && number.canConvertToInt()
        && number.intValue() >= 1
        && number.intValue() <= most;
  }

  private static void reported(Answer answer, Map<Unit, Long> counts) {
    for (var header : answer.headers()) {
      if (header.name().equals(FIELD)) {
        members(header.value(), counts);
        return;
      }
    }
    var usage = read(answer.body().toBytes()).path("usage");
    put(Unit.INPUT_TOKEN, usage, counts, "prompt_tokens", "input_tokens");
    put(Unit.OUTPUT_TOKEN, usage, counts, "completion_tokens", "output_tokens");
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

  /** What is not understood was not counted. */
  private static void members(String dictionary, Map<Unit, Long> counts) {
    for (var member : dictionary.split(",", 16)) {
      int equals = member.indexOf('=');
      if (equals > 0) {
        var name = member.substring(0, equals).strip().toUpperCase(Locale.ROOT);
        var digits = member.substring(equals + 1).strip();
        for (var unit : Unit.values()) {
          if (unit.name().equals(name) && isCount(digits)) {
            counts.put(unit, Long.valueOf(digits));
          }
        }
      }
    }
  }

  private static boolean isCount(String digits) {
    return !digits.isEmpty()
        && digits.length() <= 15
        && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
  }

  private static long begun(Duration time) {
    return time.plusSeconds(1).minusNanos(1).toSeconds();
  }

  private static JsonNode read(byte[] body) {
    try {
      var json = body.length == 0 ? null : JSON.readTree(body);
      return json == null ? JSON.missingNode() : json;
    } catch (IOException notJson) {
      return JSON.missingNode();
    }
  }
}
