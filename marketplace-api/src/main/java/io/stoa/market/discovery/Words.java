package io.stoa.market.discovery;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * The words of a text, in lower case: runs of letters and digits.
 *
 * @param joined each with a blank before it
 */
record Words(String joined) {

  static Words of(String text) {
    return new Words(spread(text));
  }

  /** The first {@code most} different ones. */
  static List<String> distinct(String text, int most) {
    var words = new LinkedHashSet<String>();
    for (var word : spread(text).split(" ", -1)) {
      if (!word.isEmpty() && words.size() < most) {
        words.add(word);
      }
    }
    return List.copyOf(words);
  }

  /** Whether one of them begins with {@code word}. */
  boolean have(String word) {
    return joined.contains(" " + word);
  }

  private static String spread(String text) {
    var spread = new StringBuilder(" ");
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .map(letter -> Character.isLetterOrDigit(letter) ? letter : ' ')
        .forEach(spread::appendCodePoint);
    return spread.toString();
  }
}
