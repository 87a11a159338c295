package io.stoa.market.billing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Payments and their settlement. */
@ConfigMapping(prefix = "stoa.payments")
public interface PaymentsConfig {
  /** How long the answer to a settled payment can be fetched again. */
  @WithDefault("24h")
  Duration replyRetention();

  /** How long a settlement may take before another instance carries on. */
  @WithDefault("15s")
  Duration settlementLease();

  /**
   * The tokens that payments are taken in, as CAIP-19, which the node pays gas for; by default the
   * address book's dollar and market token.
   */
  Optional<List<String>> assets();

  /** How often what others left is looked after. */
  @WithDefault("1s")
  Duration reconcileEvery();
}
