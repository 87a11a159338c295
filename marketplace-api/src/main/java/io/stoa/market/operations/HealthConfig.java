package io.stoa.market.operations;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigInteger;
import java.time.Duration;

/** When this node calls itself ready. */
@ConfigMapping(prefix = "stoa.health")
public interface HealthConfig {
  /** How many blocks the mirror may be behind the chain. */
  @WithDefault("20")
  long maxLagBlocks();

  /** What each sender must hold to pay for gas, in wei. */
  @WithDefault("2000000000000000")
  BigInteger minSenderBalance();

  /** How long ago a settler may have ended its last round of claims without a failure. */
  @WithDefault("10m")
  Duration maxClaimsAge();
}
