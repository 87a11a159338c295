package io.stoa.market.content;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What part of a content is asked for (RFC 9110 section 14). */
sealed interface ByteRange {
  /** All of it: no range was asked for, or none that this server understands, or several. */
  record Whole() implements ByteRange {}

  /** From {@code first} to {@code last}, both included. */
  record Part(long first, long last) implements ByteRange {
    long length() {
      return last - first + 1;
    }
  }

  /** Nothing of what is asked for exists. */
  record Unsatisfiable() implements ByteRange {}

  Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /**
   * Reads the header {@code Range}.
   *
   * @param size of the whole content in bytes
   */
  static ByteRange of(@Nullable String header, long size) {
    var matcher = FORM.matcher(header == null ? "" : header);
    if (!matcher.matches()) {
      return new Whole();
    }
    var first = matcher.group(1);
    var last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? new Whole() : suffix(Long.parseLong(last), size);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
    if (to < from) {
      return new Whole();
    }
    return from >= size ? new Unsatisfiable() : new Part(from, Math.min(to, size - 1));
  }

  private static ByteRange suffix(long length, long size) {
    return length == 0 || size == 0
        ? new Unsatisfiable()
        : new Part(Math.max(0, size - length), size - 1);
  }
}
