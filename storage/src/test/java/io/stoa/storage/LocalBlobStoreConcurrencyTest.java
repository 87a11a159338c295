package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Cid;
import io.stoa.domain.MarketException.NotFound;
import io.stoa.storage.unixfs.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Providers whose content shares most of its blocks add, pin, read and delete while everything
 * unpinned is swept.
 */
class LocalBlobStoreConcurrencyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1);
  private static final byte[] COMMON = KeyStream.bytes("common", 30 * 1024);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void pinnedContentIsWholeWhateverHappensBesideIt(long seed) throws Exception {
    try (var store = LocalBlobStore.open(folder, () -> NOW, new Profile(1024, 4), DiskFile::new)) {
      // Given
      var isOver = new AtomicBoolean();
      var providers = new ArrayList<Future<Void>>();

      // When
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var sweeper = threads.submit(sweeping(store, isOver));
        for (int i = 0; i < 4; i++) {
          providers.add(threads.submit(providing(store, new Random(seed * 31 + i), "tail" + i)));
        }

        // Then
        try {
          for (var provider : providers) {
            provider.get();
          }
        } finally {
          isOver.set(true);
        }
        sweeper.get();
      }
      store.sweepUnpinned(LATER);
      assertThat(left()).isEmpty();
    }
  }

  private static Callable<Void> sweeping(BlobStore store, AtomicBoolean isOver) {
    return () -> {
      while (!isOver.get()) {
        store.sweepUnpinned(LATER);
      }
      return null;
    };
  }

  private static Callable<Void> providing(BlobStore store, Random random, String seed) {
    return () -> {
      for (int round = 0; round < 25; round++) {
        var content = Arrays.copyOf(COMMON, 20 * 1024 + random.nextInt(10 * 1024));
        var tail = KeyStream.bytes(seed + round, 1 + random.nextInt(3000));
        System.arraycopy(tail, 0, content, content.length - tail.length, tail.length);
        var cid = addAndPin(store, content);
        try (var in = store.open(cid, 0)) {
          assertThat(in.readAllBytes()).isEqualTo(content);
        }
        store.delete(cid);
      }
      return null;
    };
  }

  /** The sweeper may be faster than the pin. */
  private static Cid addAndPin(BlobStore store, byte[] content) throws IOException {
    while (true) {
      var cid = store.add(new ByteArrayInputStream(content)).cid();
      try {
        store.pin(cid);
        return cid;
      } catch (NotFound _) {
        // Once more.
      }
    }
  }

  private List<Path> left() throws IOException {
    var left = new ArrayList<Path>();
    for (var name : List.of("incoming", "packs", "pinned", "unpinned")) {
      try (var files = Files.list(folder.resolve(name))) {
        files.forEach(left::add);
      }
    }
    return left;
  }
}
