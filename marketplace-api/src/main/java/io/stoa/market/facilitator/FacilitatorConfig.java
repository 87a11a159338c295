package io.stoa.market.facilitator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The facilitator for other servers. */
@ConfigMapping(prefix = "stoa.facilitator")
public interface FacilitatorConfig {
  /** Whether there is one: it needs keys of its own, and pays gas for others. */
  @WithDefault("false")
  boolean enabled();

  /** Whose servers may name any payee, by a name of the operator's. */
  Map<String, Key> keys();

  /** What one such server is known by, and what it is known to be. */
  interface Key {
    /** SHA-256, in 0x-hex, of the key that it sends. */
    String sha256();

    /** The receivers of channels that it speaks for. */
    Optional<List<String>> receivers();
  }

  /** The least that is settled for who shows no key, in the token's smallest unit. */
  @WithDefault("1000")
  BigInteger least();

  /** What one address may ask each second. */
  @WithDefault("50")
  int requestsPerSecond();

  /** What the holder of a key may ask each second. */
  @WithDefault("1000")
  int requestsPerSecondWithKey();

  /** How long an answer may take; a settlement waits for the chain. */
  @WithDefault("20s")
  Duration timeLimit();
}
