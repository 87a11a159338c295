package io.stoa.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;

/**
 * Measures import and retrieval of one large file, by hand: {@code Throughput FOLDER [MIB]
 * [ROUNDS]}. The peer to put beside it is {@code openssl dgst -sha256} of the same file, which is
 * kept as {@code FOLDER/source}.
 */
final class Throughput {
  private Throughput() {}

  public static void main(String[] args) throws IOException {
    var folder = Path.of(args[0]);
    int mebibytes = args.length > 1 ? Integer.parseInt(args[1]) : 1024;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    var source = source(folder.resolve("source"), mebibytes);
    var out = new PrintStream(System.out, true, System.out.charset());
    for (int round = 0; round < rounds; round++) {
      try (var store = LocalBlobStore.open(folder.resolve("store"), Clock.systemUTC())) {
        long start = System.nanoTime();
        Imported imported;
        try (var in = Files.newInputStream(source)) {
          imported = store.add(in);
        }
        long added = System.nanoTime();
        try (var in = store.open(imported.cid(), 0)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
        long handedOver = System.nanoTime();
        copy(store.open(imported.cid(), 0));
        long copied = System.nanoTime();
        out.printf(
            "import %.0f MiB/s, transferTo %.0f MiB/s, read %.0f MiB/s%n",
            rate(mebibytes, start, added),
            rate(mebibytes, added, handedOver),
            rate(mebibytes, handedOver, copied));
        store.delete(imported.cid());
      }
    }
  }

  private static double rate(int mebibytes, long start, long end) {
    return mebibytes / ((end - start) / 1e9);
  }

  private static void copy(InputStream content) throws IOException {
    try (content) {
      var buffer = new byte[64 << 10];
      while (content.read(buffer) >= 0) {
        // Only the time counts.
      }
    }
  }

  private static Path source(Path file, int mebibytes) throws IOException {
    Files.createDirectories(file.resolveSibling("store"));
    if (!Files.exists(file) || Files.size(file) != (long) mebibytes << 20) {
      var random = new Random(1);
      var chunk = new byte[1 << 20];
      try (var out = Files.newOutputStream(file)) {
        for (int i = 0; i < mebibytes; i++) {
          random.nextBytes(chunk);
          out.write(chunk);
        }
      }
    }
    return file;
  }
}
