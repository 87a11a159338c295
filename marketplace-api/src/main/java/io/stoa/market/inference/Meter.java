package io.stoa.market.inference;

import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Answer;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts what a request may need at most, and what it needed. Time and bytes are the node's own
 * figures; tokens and items are what the provider reports. The buyer is protected by the ceiling.
 */
final class Meter {
  private final Duration longestAnswer;
  private final Duration longestStream;
  private final long largestAnswer;

  /**
   * @param longestAnswer how long a provider may take for an answer that is passed on whole
   * @param longestStream and for one that is passed on as it comes
   * @param largestAnswer in bytes
   */
  Meter(Duration longestAnswer, Duration longestStream, long largestAnswer) {
    this.longestAnswer = longestAnswer;
    this.longestStream = longestStream;
    this.largestAnswer = largestAnswer;
  }

  /** What a request may need at most, where its price depends on that. */
  Usage limits(Sale sale, Buffer body) {
    return sale.isMetered() ? limits(body.getBytes()) : Usage.NOTHING;
  }

  /** No token is shorter than a byte, so that a body's length bounds what a model reads of it. */
  Usage limits(byte[] body) {
    var limits = new EnumMap<Unit, Long>(Unit.class);
    var said = SaidLimits.read(body);
    boolean asksForStream = said.isPresent() && said.get().asksForStream();
    limits.put(Unit.SECOND, begun(asksForStream ? longestStream : longestAnswer));
    limits.put(Unit.BYTE, largestAnswer);
    if (said.isPresent()) {
      limits.put(Unit.INPUT_TOKEN, (long) body.length);
      said.get().outputTokens().ifPresent(tokens -> limits.put(Unit.OUTPUT_TOKEN, tokens));
    }
    return new Usage(limits);
  }

  /**
   * @param took from the request to the end of the answer
   */
  Usage count(Answer answer, Duration took) {
    var counts = new EnumMap<Unit, Long>(Unit.class);
    counts.putAll(reported(answer));
    counts.put(Unit.SECOND, begun(took));
    counts.put(Unit.BYTE, (long) answer.body().size());
    return new Usage(counts);
  }

  private static Map<Unit, Long> reported(Answer answer) {
    var body = answer.body().toBytes();
    var inField = field(answer, ReportedUsage.FIELD).map(ReportedUsage::inField);
    if (MediaTypes.essence(field(answer, "content-type").orElse("")).equals(MediaTypes.EVENTS)) {
      // Gathered or passed on as it came, a stream has the same tokens and items.
      var stream = new StreamMeter(true, inField.orElse(Map.of()));
      stream.add(body);
      return stream.usage().counts();
    }
    return inField.orElseGet(() -> ReportedUsage.inBody(body));
  }

  private static Optional<String> field(Answer answer, String name) {
    return answer.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Answer.Header::value)
        .findFirst();
  }

  /** Seconds, begun ones included. */
  static long begun(Duration time) {
    return time.plusSeconds(1).minusNanos(1).toSeconds();
  }
}
