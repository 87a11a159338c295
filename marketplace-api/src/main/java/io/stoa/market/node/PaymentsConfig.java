package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Payments and their settlement. */
@ConfigMapping(prefix = "stoa.payments")
public interface PaymentsConfig {
  /** How long the answer to a paid call can be fetched again. */
  @WithDefault("24h")
  Duration replyRetention();

  /** How long a settlement may take before another instance carries on. */
  @WithDefault("15s")
  Duration settlementLease();

  /**
   * Contracts that may create a payer's wallet on the way to its first payment (ERC-6492): the node
   * pays the gas of what they do.
   */
  Optional<List<String>> walletFactories();

  /**
   * Payments of their own ({@code exact}, {@code upto}) of less are neither offered nor taken,
   * unless they are of nothing: settling costs the node's gas. In the asset's smallest unit.
   */
  @WithDefault("1")
  BigInteger leastPrice();

  /**
   * How long a provider may leave a call unanswered that was paid upfront: then it owes the price
   * back.
   */
  @WithDefault("1h")
  Duration refundAfter();

  /** How often what others left is looked after. */
  @WithDefault("1s")
  Duration reconcileEvery();
}
