package io.stoa.market.publishing;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much strangers may leave here before it is published, and for how long. */
@ConfigMapping(prefix = "stoa.artifacts")
public interface ArtifactsConfig {
  /** The largest file that one upload may carry. */
  @WithDefault("2G")
  MemorySize maxSize();

  /** What one wallet may have here unpublished. */
  @WithDefault("4G")
  MemorySize quotaPerWallet();

  /** What all wallets together may have here unpublished: a wallet costs nothing. */
  @WithDefault("20G")
  MemorySize quotaTotal();

  /** How long unpublished content stays. */
  @WithDefault("24h")
  Duration unpublishedRetention();

  /** How long one upload may take. */
  @WithDefault("1h")
  Duration uploadTimeLimit();

  /** How often content that ran out of time is looked for. */
  @WithDefault("10m")
  Duration sweepEvery();
}
