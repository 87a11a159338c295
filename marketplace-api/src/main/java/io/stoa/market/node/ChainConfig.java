package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The chain that holds the listings and the money. */
@ConfigMapping(prefix = "stoa.chain")
public interface ChainConfig {
  /** JSON-RPC endpoints of the chain, http or https; several are asked in turn. */
  List<URI> rpc();

  /** The chain's id; the endpoints must be of this chain. */
  long id();

  /** A JSON file with the addresses of the contracts and the block they were deployed in. */
  Path addressBook();

  /** The pause between two looks at the chain's head. */
  @WithDefault("500ms")
  Duration poll();

  /** How many blocks on top of it make a block final. */
  @WithDefault("12")
  int finalDepth();

  /**
   * The tokens that payments are taken in, as CAIP-19, which the node pays gas for; by default the
   * address book's dollar and market token.
   */
  Optional<List<String>> assets();
}
