package io.stoa.market.billing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Payments and their settlement. */
@ConfigMapping(prefix = "stoa.payments")
public interface PaymentsConfig {
  /** How long the answer to a paid call can be fetched again. */
  @WithDefault("24h")
  Duration replyRetention();

  /** How long a settlement may take before another instance carries on. */
  @WithDefault("15s")
  Duration settlementLease();

  /** How often what others left is looked after. */
  @WithDefault("1s")
  Duration reconcileEvery();
}
