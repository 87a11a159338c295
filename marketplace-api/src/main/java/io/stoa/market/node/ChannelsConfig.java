package io.stoa.market.node;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigInteger;
import java.time.Duration;

/** Payment channels: how they are offered, and when what they owe is claimed. */
@ConfigMapping(prefix = "stoa.channels")
public interface ChannelsConfig {
  /**
   * How long a payer that leaves must wait, and this node has to claim: 15 minutes to 30 days. A
   * channel of another delay is not taken.
   */
  @WithDefault("24h")
  Duration withdrawDelay();

  /** How many of the dearest calls a deposit must at least be good for. */
  @WithDefault("10")
  int callsPerDeposit();

  /**
   * Deposits, and refunds that leave something, are never smaller, nor than {@link
   * #callsPerDeposit} calls: each costs the node's gas. In the asset's smallest unit.
   */
  @WithDefault("10000")
  BigInteger leastDeposit();

  /** A channel that owes this much is claimed, in the asset's smallest unit. */
  @WithDefault("1000000")
  BigInteger claimThreshold();

  /** A channel that has owed anything for so long is claimed. */
  @WithDefault("1h")
  Duration claimAge();

  /** Largest body of an answer that can be fetched again. */
  @WithDefault("64K")
  MemorySize maxKeptAnswer();

  /**
   * How long one transaction that claims may take. An instance that dies while it claims keeps the
   * others from claiming for about twice as long.
   */
  @WithDefault("30s")
  Duration claimPatience();
}
