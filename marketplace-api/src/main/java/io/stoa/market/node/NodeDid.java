package io.stoa.market.node;

/**
 * The node's name among nodes: did:web of its public origin, such as {@code did:web:market.example}
 * or {@code did:web:127.0.0.1%3A8080}.
 */
public record NodeDid(String value) {
  public static NodeDid of(Origin origin) {
    var uri = origin.uri();
    var port = uri.getPort() < 0 ? "" : "%3A" + uri.getPort();
    return new NodeDid("did:web:" + uri.getHost() + port);
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
