package io.stoa.market.inference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a request's JSON says of how much it may need, in members that interfaces like OpenAI's
 * have. Strangers send it before they pay: only these members are looked at, and no tree is built.
 *
 * @param outputTokens of all choices together; empty when it does not say, or nobody can read it
 */
record SaidLimits(boolean asksForStream, OptionalLong outputTokens) {
  /** The first that can be read counts. */
  private static final List<String> OUTPUT_LIMITS =
      List.of("max_completion_tokens", "max_output_tokens", "max_tokens");

  private static final int MOST_CHOICES = 128;

  /** No longer number is a limit that can be read. */
  private static final int MOST_DIGITS = 10;

  /** Empty when the body is no JSON object. */
  static Optional<SaidLimits> read(byte[] body) {
    try (var parser = ReportedUsage.parser(body)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          ? Optional.of(members(parser))
          : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static SaidLimits members(JsonParser parser) throws IOException {
    boolean asksForStream = false;
    long choices = 1;
    var outputs = new long[OUTPUT_LIMITS.size()];
    for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      int output = OUTPUT_LIMITS.indexOf(name);
      if (output >= 0) {
        outputs[output] = within(parser, Integer.MAX_VALUE);
      } else if (name.equals("n")) {
        choices = within(parser, MOST_CHOICES);
      } else if (name.equals("stream")) {
        asksForStream = parser.getValueAsBoolean();
      }
      parser.skipChildren();
    }
    return new SaidLimits(asksForStream, first(outputs, choices));
  }

  private static OptionalLong first(long[] outputs, long choices) {
    for (long output : outputs) {
      if (output > 0 && choices > 0) {
        return OptionalLong.of(output * choices);
      }
    }
    return OptionalLong.empty();
  }

  /** The whole number from 1 to {@code most} at hand; zero when it is none. */
  private static long within(JsonParser parser, long most) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getTextLength() > MOST_DIGITS) {
      return 0;
    }
    long number = parser.getLongValue();
    return number >= 1 && number <= most ? number : 0;
  }
}
