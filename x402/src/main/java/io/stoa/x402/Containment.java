package io.stoa.x402;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Whether a buyer's echo still holds what a server said: every member, however deep, with the same
 * value. The echo may have members of its own, except inside arrays, which must be equal.
 */
final class Containment {
  /** Not an order: only equality counts. A number is the same in whatever Java type it arrives. */
  private static final Comparator<JsonNode> LEAVES =
      (one, other) ->
          one.isNumber() && other.isNumber()
              ? one.decimalValue().compareTo(other.decimalValue())
              : one.equals(other) ? 0 : 1;

  private Containment() {}

  static boolean holds(@Nullable JsonNode echo, JsonNode said) {
    if (!(said instanceof ObjectNode members)) {
      return echo != null && said.equals(LEAVES, echo);
    }
    return echo instanceof ObjectNode
        && members.properties().stream()
            .allMatch(member -> holds(echo.get(member.getKey()), member.getValue()));
  }
}
