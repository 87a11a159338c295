package io.stoa.market.provider;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How providers are called. */
@ConfigMapping(prefix = "stoa.provider")
public interface ProviderConfig {
  /**
   * Whether endpoints may be in private networks and on this machine: for a market on one machine
   * only.
   */
  @WithDefault("false")
  boolean allowPrivateEndpoints();
}
