package io.stoa.x402.extension;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a resource whose parts vary, such as {@code /users/:id}: one entry of a catalogue
 * instead of many. However often it is percent-decoded, it leads neither upwards nor to another
 * host.
 */
public record RouteTemplate(String path) {
  private static final Pattern FORM = Pattern.compile("/[a-zA-Z0-9_/:.\\-~%]{1,2047}+");
  private static final int MAX_DECODINGS = 5;

  public RouteTemplate {
    if (!FORM.matcher(path).matches() || !isHarmless(path)) {
      throw new IllegalArgumentException("not a route such as /users/:id");
    }
  }

  /** Empty for anything else: a catalogue falls back to the path that was called. */
  public static Optional<RouteTemplate> find(String path) {
    try {
      return Optional.of(new RouteTemplate(path));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  private static boolean isHarmless(String path) {
    var decoded = path;
    for (int i = 0; i < MAX_DECODINGS; i++) {
      if (isMisleading(decoded)) {
        return false;
      }
      var next = URLDecoder.decode(decoded.replace("+", "%2B"), UTF_8);
      if (next.equals(decoded)) {
        return true;
      }
      decoded = next;
    }
    return false;
  }

  private static boolean isMisleading(String path) {
    return path.contains("..")
        || path.contains("://")
        || path.startsWith("//")
        || path.indexOf('\\') >= 0
        || path.indexOf('\ufffd') >= 0;
  }

  @Override
  public String toString() {
    return path;
  }
}
