package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.ListingPath;
import java.util.Locale;

/**
 * The name of the tool that a described call is: provider, service, method and the segments of its
 * path, joined by dots. What would look like a joint, or may not stand in a name, is written as an
 * underscore and one more character, so that no two calls of different listings have one name.
 */
final class ToolName {
  private static final int LONGEST = 128;

  /** Of the hash that ends a name which would be too long. */
  private static final int HASH_DIGITS = 32;

  private ToolName() {}

  static String of(ListingPath listing, Call call) {
    var name = new StringBuilder();
    append(name, listing.provider().toString());
    append(name.append('.'), listing.service().toString());
    name.append('.').append(call.method().name().toLowerCase(Locale.ROOT));
    for (var segment : call.path().value().split("/", -1)) {
      if (!segment.isEmpty()) {
        append(name.append('.'), segment);
      }
    }
    return name.length() <= LONGEST ? name.toString() : shortened(name.toString());
  }

  private static void append(StringBuilder name, String part) {
    for (int i = 0; i < part.length(); i++) {
      char letter = part.charAt(i);
      switch (letter) {
        case '_' -> name.append("__");
        case '.' -> name.append("_.");
        case '~' -> name.append("_t");
        case ':' -> name.append("_p");
        default -> name.append(letter);
      }
    }
  }

  /** The provider is in what is left, so that nobody can take the name of somebody else's call. */
  private static String shortened(String name) {
    var hash = Bytes32.sha256(name.getBytes(UTF_8)).toString().substring(2, 2 + HASH_DIGITS);
    return name.substring(0, LONGEST - HASH_DIGITS - 1) + "-" + hash;
  }
}
