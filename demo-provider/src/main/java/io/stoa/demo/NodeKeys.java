package io.stoa.demo;

import io.stoa.domain.Bytes32;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The node's signing keys by their ids. They are asked for when the first request comes, since the
 * node may start later, and again when they are old or a request names an unknown one.
 */
final class NodeKeys {
  private static final Duration MAX_AGE = Duration.ofMinutes(1);
  private static final Duration MIN_AGE = Duration.ofSeconds(1);

  private final Supplier<Map<String, Bytes32>> source;
  private final InstantSource clock;
  private Map<String, Bytes32> keys = Map.of();
  private Instant fetched = Instant.MIN;

  /**
   * @param source may block; gives nothing when the node does not answer
   */
  NodeKeys(Supplier<Map<String, Bytes32>> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  synchronized Optional<Bytes32> find(String keyId) {
    var oldest = keys.containsKey(keyId) ? MAX_AGE : MIN_AGE;
    if (fetched.equals(Instant.MIN) || fetched.plus(oldest).isBefore(clock.instant())) {
      var fresh = source.get();
      fetched = clock.instant();
      if (!fresh.isEmpty()) {
        keys = Map.copyOf(fresh);
      }
    }
    return Optional.ofNullable(keys.get(keyId));
  }
}
