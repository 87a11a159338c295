package io.stoa.chain.rpc;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where the nodes are and how patient to be with them.
 *
 * @param endpoints at least one, the preferred one first; all of one chain
 * @param timeout of one attempt, from the first byte sent to the last byte received
 * @param readAttempts how often a read is tried in all, each time at the next endpoint; sends are
 *     tried once
 * @param backoff the pause before the second attempt; it doubles from one to the next
 * @param maxResponseBytes a longer answer counts as none
 */
public record RpcSettings(
    List<URI> endpoints,
    Duration timeout,
    int readAttempts,
    Duration backoff,
    int maxResponseBytes) {

  public RpcSettings {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty() || readAttempts < 1 || maxResponseBytes < 1) {
      throw new IllegalArgumentException("an RPC needs an endpoint, an attempt and room to answer");
    }
    for (var endpoint : endpoints) {
      if (!"http".equals(endpoint.getScheme()) && !"https".equals(endpoint.getScheme())) {
        throw new IllegalArgumentException("an RPC endpoint starts with http:// or https://");
      }
    }
  }

  /** Five seconds an attempt, three attempts, 64 MiB an answer. */
  public static RpcSettings of(URI... endpoints) {
    return new RpcSettings(
        List.of(endpoints), Duration.ofSeconds(5), 3, Duration.ofMillis(50), 64 << 20);
  }

  public RpcSettings withTimeout(Duration timeout) {
    return new RpcSettings(endpoints, timeout, readAttempts, backoff, maxResponseBytes);
  }

  public RpcSettings withReadAttempts(int readAttempts) {
    return new RpcSettings(endpoints, timeout, readAttempts, backoff, maxResponseBytes);
  }

  /** Leaves the endpoints out: their paths often hold an access key. */
  @Override
  public String toString() {
    return "RpcSettings[endpoints=***, timeout=%s, readAttempts=%d, backoff=%s, maxResponseBytes=%d]"
        .formatted(timeout, readAttempts, backoff, maxResponseBytes);
  }
}
