package io.stoa.local.state;

import io.stoa.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Where one local market keeps everything: database, chain, content, keys, logs. Readable by its
 * owner only. Deleting it (or {@code up --fresh}) is the only way to lose anything.
 */
public record StateDirectory(Path root) {
  /** Everything a market makes here, so that nothing else is ever deleted. */
  private static final List<String> CONTENT =
      List.of(
          "postgres",
          "chain.json",
          "contracts.json",
          "keys",
          "storage",
          "demo",
          "run",
          "log",
          "market.properties",
          "endpoints.json");

  private static final long NEEDED_BYTES = 512L << 20;

  public StateDirectory {
    root = root.toAbsolutePath().normalize();
  }

  /**
   * Makes it if it is missing.
   *
   * @throws StartFailure when the disk is full or not to be written to
   */
  public void prepare() {
    try {
      if (!Files.isDirectory(root)) {
        Files.createDirectories(
            root,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Files.createDirectories(run());
      Files.createDirectories(log());
      long free = Files.getFileStore(root).getUsableSpace();
      if (free < NEEDED_BYTES) {
        throw new StartFailure(
            "The disk is full: %s has %d MiB left, the market needs %d."
                .formatted(root, free >> 20, NEEDED_BYTES >> 20));
      }
    } catch (IOException e) {
      throw new StartFailure("Cannot write to " + root + ": " + e.getMessage() + ".", e);
    }
  }

  /** Forgets the market. Nothing of it may run. */
  public void wipe() throws IOException {
    for (var name : CONTENT) {
      new DirectoryTree(root.resolve(name)).delete();
    }
  }

  public Path database() {
    return root.resolve("postgres");
  }

  /** Where the contracts are, as the deployment wrote it. */
  public Path addressBook() {
    return root.resolve("contracts.json");
  }

  public Path keys() {
    return root.resolve("keys");
  }

  public Path storage() {
    return root.resolve("storage");
  }

  public Path demo() {
    return root.resolve("demo");
  }

  public Path marketConfiguration() {
    return root.resolve("market.properties");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path log() {
    return root.resolve("log");
  }
}
