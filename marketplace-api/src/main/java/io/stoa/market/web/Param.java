package io.stoa.market.web;

import io.stoa.domain.MarketException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a path or query parameter into a value; what cannot be read is a problem that
 * names it.
 */
public final class Param {
  private Param() {}

  public static <T> T read(String name, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException malformed) {
      throw new MarketException.Malformed(
          "parameter-malformed", name, name + " is " + malformed.getMessage() + ".");
    }
  }

  /** An absent or empty parameter is no value. */
  public static <T> Optional<T> find(
      String name, @Nullable String text, Function<String, T> parse) {
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(read(name, text, parse));
  }

  /** A whole number within bounds; {@code absent} when the parameter is. */
  public static int number(String name, @Nullable String text, int absent, int least, int most) {
    return find(
            name,
            text,
            digits -> {
              try {
                int value = Integer.parseInt(digits);
                if (value >= least && value <= most) {
                  return value;
                }
              } catch (NumberFormatException _) {
                // Said below, with the bounds.
              }
              throw new IllegalArgumentException(
                  "not a whole number from %d to %d".formatted(least, most));
            })
        .orElse(absent);
  }
}
