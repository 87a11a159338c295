package io.stoa.market.inference;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Paid calls of listings. */
@ConfigMapping(prefix = "stoa.inference")
public interface InferenceConfig {
  /** How long a provider may take for a whole answer, or for the next part of a stream. */
  @WithDefault("20s")
  Duration providerTimeout();

  /** How long an answer may take that is passed on as it comes. */
  @WithDefault("5m")
  Duration streamTimeout();

  /**
   * How long a buyer may make an authorization live; at least the provider's time and 30 seconds.
   */
  @WithDefault("60s")
  Duration maxTimeout();

  /** Largest body of a paid request, and of a message of the Model Context Protocol. */
  @WithDefault("1M")
  MemorySize maxRequestBody();

  /** Largest body of a provider's answer. */
  @WithDefault("4M")
  MemorySize maxAnswerBody();

  /** How many paid calls may be in progress; more are sent away with 503. */
  @WithDefault("4096")
  int maxCalls();

  /** How often what is for sale is read anew, also when no change was announced. */
  @WithDefault("5s")
  Duration refreshEvery();

  /**
   * Whether buyers that speak only version 1 of x402 are served too, where that has a name for the
   * chain.
   */
  @WithDefault("true")
  boolean v1();
}
