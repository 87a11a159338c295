package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingPath;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Optional;
import java.util.Set;

/**
 * Where a request below {@code /x/} is meant to go.
 *
 * @param rest the path below the listing, empty or starting with a slash, as it was sent
 */
record Target(ListingPath listing, String rest) {
  static final String PREFIX = "/x/";

  private static final Set<String> CLIMBING = Set.of(".", "..");

  /**
   * Reads a raw request path. Fails when it names no possible listing, or leaves the provider's
   * base.
   */
  static Target parse(String path) {
    int service = path.indexOf('/', PREFIX.length());
    int rest = service < 0 ? -1 : path.indexOf('/', service + 1);
    var listing = path.substring(PREFIX.length(), rest < 0 ? path.length() : rest);
    var below = rest < 0 ? "" : path.substring(rest);
    for (var segment : below.split("/", -1)) {
      if (isClimbing(segment)) {
        throw new MarketException.Malformed(
            "path-malformed",
            "path",
            "The path must not hold the segments . and .., nor an encoded slash, backslash or percent.");
      }
    }
    try {
      return new Target(ListingPath.parse(listing), below);
    } catch (IllegalArgumentException malformed) {
      throw new MarketException.NotFound(
          "listing-unknown", "There is no such listing: it is " + malformed.getMessage() + ".");
    }
  }

  /** The provider's URL for this request. */
  URI at(URI base, Optional<String> query) {
    var path = base.toString();
    var url = (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + rest;
    try {
      return URI.create(query.map(text -> url + "?" + text).orElse(url));
    } catch (IllegalArgumentException malformed) {
      throw new MarketException.Malformed(
          "path-malformed", "path", "The path or the query holds characters that no URL may hold.");
    }
  }

  /** Also for servers that decode before they resolve dots, or cut parameters off. */
  private static boolean isClimbing(String segment) {
    var name = decoded(segment);
    return name.isEmpty()
        || name.get().chars().anyMatch(at -> at == '/' || at == '\\' || at == '%' || at < ' ')
        || CLIMBING.contains(name.get().split(";", 2)[0]);
  }

  private static Optional<String> decoded(String segment) {
    try {
      return Optional.of(URLDecoder.decode(segment, UTF_8));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
