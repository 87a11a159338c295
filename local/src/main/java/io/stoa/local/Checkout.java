package io.stoa.local;

import io.stoa.local.process.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;

/** The built source tree, and in it the programs that make up a market. */
record Checkout(Path root) {
  Checkout {
    root = root.toAbsolutePath().normalize();
  }

  Path market() {
    return built("marketplace-api/target/quarkus-app/quarkus-run.jar");
  }

  Path demoProvider() {
    return built("demo-provider/target/demo-provider.jar");
  }

  /** The weights of the demo model. */
  Path demoModel() {
    return built("demo-provider/target/model/all-minilm-l6-v2-q.onnx");
  }

  Path anvil() {
    return root.resolve("local/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
  }

  /** Where the database's programs are unpacked. */
  Path postgres() {
    return root.resolve("local/target/postgres-18.4.0");
  }

  private Path built(String path) {
    var file = root.resolve(path);
    if (!Files.exists(file)) {
      throw new StartFailure("Not built: " + file + " is missing.");
    }
    return file;
  }
}
