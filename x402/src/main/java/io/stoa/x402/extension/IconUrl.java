package io.stoa.x402.extension;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Judges the address of an image that a stranger wants other people's browsers to load: http or
 * https, on a named public host. Names that look like numbers are addresses to some browser,
 * however they are encoded.
 */
final class IconUrl {
  private static final int MAX_LENGTH = 2048;
  private static final Pattern PORT = Pattern.compile(":[0-9]{0,5}+$");
  private static final Pattern NUMBER = Pattern.compile("[0-9]++|0[xX][0-9a-fA-F]*+");
  private static final Set<String> LOOPBACK =
      Set.of("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback");

  private IconUrl() {}

  static boolean isHarmless(String url) {
    if (url.length() > MAX_LENGTH) {
      return false;
    }
    try {
      var uri = new URI(url);
      var authority = uri.getRawAuthority();
      return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
          && authority != null
          && authority.indexOf('@') < 0
          && isPublic(host(PORT.matcher(authority).replaceFirst("")));
    } catch (URISyntaxException | IllegalArgumentException malformed) {
      return false;
    }
  }

  /** As browsers resolve it: decoded, in ASCII, lower case, without the dot of the root. */
  private static String host(String raw) {
    var decoded = URLDecoder.decode(raw.replace("+", "%2B"), UTF_8);
    var ascii = IDN.toASCII(decoded, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
    return ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
  }

  private static boolean isPublic(String host) {
    var last = host.substring(host.lastIndexOf('.') + 1);
    return !last.isEmpty()
        && !NUMBER.matcher(last).matches()
        && !LOOPBACK.contains(host)
        && !last.equals("localhost");
  }
}
