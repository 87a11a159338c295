package io.stoa.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** A process that imports for ever, until it is killed: {@code KilledImport FOLDER}. */
final class KilledImport {
  private KilledImport() {}

  public static void main(String[] args) throws IOException {
    try (var store = LocalBlobStore.open(Path.of(args[0]), Clock.systemUTC())) {
      store.add(KeyStream.of("finished", 3 << 20));
      store.add(KeyStream.of("endless", Long.MAX_VALUE));
    }
  }
}
