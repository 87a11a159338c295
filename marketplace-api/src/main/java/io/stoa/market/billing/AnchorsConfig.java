package io.stoa.market.billing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Receipts on the chain. */
@ConfigMapping(prefix = "stoa.anchors")
public interface AnchorsConfig {
  /** The receipts of so long a time share one root, in one transaction. Whole seconds. */
  @WithDefault("1h")
  Duration epoch();
}
