package io.stoa.storage;

import io.stoa.storage.unixfs.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The importer of the JavaScript implementation, as the judge of our CIDs. Lives in {@code
 * src/test/npm} and installs itself there; needs {@code node} and {@code npm} on the PATH.
 */
final class JsImporter {
  private static final Path FOLDER = Path.of("src/test/npm").toAbsolutePath();

  private JsImporter() {}

  /** The CIDs of {@code KeyStream.of("stoa", size)}, by size. */
  static Map<Long, String> cids(Profile profile, List<Long> sizes) throws IOException {
    install();
    var command = new ArrayList<>(List.of("node", "cids.mjs"));
    command.add(String.valueOf(profile.chunkSize()));
    command.add(String.valueOf(profile.width()));
    sizes.forEach(size -> command.add(size.toString()));
    var cids = new HashMap<Long, String>();
    for (var line : run(command).lines().toList()) {
      var fields = line.split(" ", -1);
      cids.put(Long.valueOf(fields[0]), fields[1]);
    }
    return cids;
  }

  /**
   * Installs what the lock file says, unless that was done: a copy of it among the modules tells.
   */
  private static void install() throws IOException {
    var stamp = FOLDER.resolve("node_modules/.installed-lock.json");
    var lock = Files.readAllBytes(FOLDER.resolve("package-lock.json"));
    if (!Files.exists(stamp) || !Arrays.equals(Files.readAllBytes(stamp), lock)) {
      run(List.of("npm", "ci", "--ignore-scripts"));
      Files.write(stamp, lock);
    }
  }

  private static String run(List<String> command) throws IOException {
    var process =
        new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s failed: %s".formatted(command.getFirst(), output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }
}
