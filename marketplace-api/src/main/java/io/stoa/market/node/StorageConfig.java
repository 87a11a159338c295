package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** The content store. */
@ConfigMapping(prefix = "stoa.storage")
public interface StorageConfig {
  /** Holds the content; for one process at a time. */
  Path directory();
}
