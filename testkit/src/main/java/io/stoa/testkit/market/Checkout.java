package io.stoa.testkit.market;

import java.nio.file.Files;
import java.nio.file.Path;

/** The source tree that the tests run in, and the programs that were built in it. */
final class Checkout {
  private Checkout() {}

  static Path root() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("contracts/foundry.toml"))) {
        return folder;
      }
    }
    throw new AssertionError("the tests run outside of the source tree");
  }

  static Path market() {
    return built(root().resolve("marketplace-api/target/quarkus-app/quarkus-run.jar"));
  }

  static Path anvil() {
    return built(root().resolve("local/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"));
  }

  private static Path built(Path file) {
    if (!Files.exists(file)) {
      throw new AssertionError("not built: " + file);
    }
    return file;
  }
}
