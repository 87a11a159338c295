package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** The node's own keys. */
@ConfigMapping(prefix = "stoa.keys")
public interface KeysConfig {
  /** Holds one file for each key. */
  Path directory();

  /** A file whose first line opens the keystores. */
  Optional<Path> passwordFile();

  /** Makes the keys that are missing: for a market on one machine, never for a public one. */
  @WithDefault("false")
  boolean createMissing();
}
