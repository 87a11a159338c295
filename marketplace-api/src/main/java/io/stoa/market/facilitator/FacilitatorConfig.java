package io.stoa.market.facilitator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The facilitator for other servers. */
@ConfigMapping(prefix = "stoa.facilitator")
public interface FacilitatorConfig {
  /** Whether there is one: it needs keys of its own, and pays gas for others. */
  @WithDefault("false")
  boolean enabled();

  /**
   * The SHA-256 of each key, in 0x-hex, that lets its holder have payments to any payee settled.
   */
  Optional<List<String>> keys();

  /** What one address may ask each second. */
  @WithDefault("50")
  int requestsPerSecond();

  /** What the holder of a key may ask each second. */
  @WithDefault("1000")
  int requestsPerSecondWithKey();

  /** How long an answer may take. */
  @WithDefault("20s")
  Duration timeLimit();
}
