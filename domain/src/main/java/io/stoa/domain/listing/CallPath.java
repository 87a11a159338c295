package io.stoa.domain.listing;

import java.util.regex.Pattern;

/**
 * The path of a call below its listing: empty, or segments such as {@code /items/:id}, where one
 * that begins with a colon stands for any text.
 */
public record CallPath(String value) {
  private static final Pattern FORM =
      Pattern.compile("(?:/(?::[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9_~-]+(?:\\.[A-Za-z0-9_~-]+)*))*");
  private static final int LONGEST = 200;

  public CallPath {
    if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a path such as /items/:id");
    }
  }

  /** Whether parts of it vary. */
  public boolean isTemplate() {
    return value.indexOf(':') >= 0;
  }

  /** Whether a request for {@code path}, as it was sent, is one of these. */
  public boolean matches(String path) {
    int ours = 0;
    int theirs = 0;
    while (ours < value.length() && theirs < path.length()) {
      int ourEnd = end(value, ours);
      int theirEnd = end(path, theirs);
      boolean isSame =
          value.startsWith(":", ours + 1)
              ? path.charAt(theirs) == '/' && theirEnd > theirs + 1
              : ourEnd - ours == theirEnd - theirs
                  && path.regionMatches(theirs, value, ours, ourEnd - ours);
      if (!isSame) {
        return false;
      }
      ours = ourEnd;
      theirs = theirEnd;
    }
    return ours == value.length() && theirs == path.length();
  }

  /** Where the segment ends whose slash is at {@code start}. */
  private static int end(String path, int start) {
    int next = path.indexOf('/', start + 1);
    return next < 0 ? path.length() : next;
  }

  @Override
  public String toString() {
    return value;
  }
}
