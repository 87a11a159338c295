package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Set;

/** Who this node is to the outside, and what it does. */
@ConfigMapping(prefix = "stoa")
public interface NodeConfig {
  /**
   * The origin under which the world reaches this node, without a path; it names the node as
   * did:web.
   */
  URI publicUrl();

  /** What this instance does. */
  @WithDefault("api,indexer,settler")
  Set<Role> roles();
}
