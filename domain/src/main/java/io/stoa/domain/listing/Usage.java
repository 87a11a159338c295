package io.stoa.domain.listing;

import java.util.Map;

/**
 * How much of what a request needed, or may need at most. What is not in it was not counted, or has
 * no limit.
 */
public record Usage(Map<Unit, Long> counts) {
  public static final Usage NOTHING = new Usage(Map.of());

  public Usage {
    counts = Map.copyOf(counts);
    if (counts.values().stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("less than nothing: " + counts);
    }
  }

  public long of(Unit unit) {
    return counts.getOrDefault(unit, 0L);
  }
}
