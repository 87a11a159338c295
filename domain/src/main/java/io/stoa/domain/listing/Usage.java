package io.stoa.domain.listing;

import java.util.EnumMap;
import java.util.Map;

/**
 * How much of what a request needed, or may need at most. What is not in it was not counted, or has
 * no limit.
 */
public record Usage(Map<Unit, Long> counts) {
  public static final Usage NOTHING = new Usage(Map.of());

  private static final Unit[] UNITS = Unit.values();
  private static final String SEPARATOR = ", ";

  public Usage {
    counts = Map.copyOf(counts);
    for (long count : counts.values()) {
      if (count < 0) {
        throw new IllegalArgumentException("less than nothing: " + count);
      }
    }
  }

  /** Reads {@link #toString}, and no other spelling of it. */
  public static Usage parse(String text) {
    var counts = new EnumMap<Unit, Long>(Unit.class);
    int from = 0;
    for (var unit : UNITS) {
      if (text.startsWith(unit.key() + "=", from)) {
        int start = from + unit.key().length() + 1;
        int comma = text.indexOf(SEPARATOR, start);
        int end = comma < 0 ? text.length() : comma;
        counts.put(unit, count(text.substring(start, end)));
        from = comma < 0 ? end : comma + SEPARATOR.length();
      }
    }
    var usage = new Usage(counts);
    if (!usage.toString().equals(text)) {
      throw new IllegalArgumentException("not a usage such as input_token=12, output_token=34");
    }
    return usage;
  }

  /** The spelling is compared afterwards. */
  private static long count(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("not a number of units");
    }
  }

  public long of(Unit unit) {
    return counts.getOrDefault(unit, 0L);
  }

  /**
   * The field {@code Stoa-Usage}: {@code input_token=12, output_token=34}, in the order of the
   * units; empty when nothing was counted.
   */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var unit : UNITS) {
      var count = counts.get(unit);
      if (count != null) {
        text.append(text.isEmpty() ? "" : SEPARATOR).append(unit.key()).append('=').append(count);
      }
    }
    return text.toString();
  }
}
