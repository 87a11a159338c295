package io.stoa.market.node;

import java.net.URI;

/**
 * The node's name among nodes: did:web of its public origin, such as {@code did:web:market.example}
 * or {@code did:web:127.0.0.1%3A8080}.
 */
public record NodeDid(String value) {
  /**
   * Fails unless {@code origin} is http(s) with a host and nothing behind it but an optional port.
   */
  public static NodeDid of(URI origin) {
    var path = origin.getRawPath();
    if (origin.getHost() == null
        || !("http".equals(origin.getScheme()) || "https".equals(origin.getScheme()))
        || origin.getRawUserInfo() != null
        || !(path == null || path.isEmpty() || path.equals("/"))
        || origin.getRawQuery() != null) {
      throw new IllegalArgumentException("not an origin such as https://market.example");
    }
    var port = origin.getPort() < 0 ? "" : "%3A" + origin.getPort();
    return new NodeDid("did:web:" + origin.getHost() + port);
  }

  /** Names one of the node's keys, such as {@code origin}. */
  public String key(String name) {
    return value + "#" + name;
  }

  @Override
  public String toString() {
    return value;
  }
}
