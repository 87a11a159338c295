package io.stoa.chain.keys;

import java.nio.file.Path;

/** Where the node's keys come from. */
public sealed interface KeySource {

  /** Keystores of version 3, {@code NAME.json}, made by whoever runs the node. */
  record Keystores(Path folder, Password password) implements KeySource {}

  /** Plain files, {@code NAME.key}; missing ones are made. For development on one machine. */
  record Development(Path folder) implements KeySource {}
}
