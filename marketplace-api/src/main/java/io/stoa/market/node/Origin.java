package io.stoa.market.node;

import java.net.URI;

/**
 * Where the public finds this node: http(s), a host and a port if it is not the scheme's own, such
 * as {@code https://market.example}. No slash ends it.
 */
public record Origin(URI uri) {
  /** Fails if there is more to {@code uri} than a slash behind it. */
  public Origin {
    var path = uri.getRawPath();
    if (uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        || uri.getRawUserInfo() != null
        || !(path == null || path.isEmpty() || path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("not an origin such as https://market.example");
    }
    uri = URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
