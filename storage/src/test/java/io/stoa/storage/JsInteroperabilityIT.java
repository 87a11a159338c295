package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.storage.unixfs.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our CIDs are those that npm {@code ipfs-unixfs-importer} gives the same content under the same
 * profile.
 */
class JsInteroperabilityIT {
  private static final long MIB = 1 << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @Test
  void contentHasTheSameCidAroundTheChunkSizeAndUpToFiftyMegabytes() throws IOException {
    // Given
    var sizes =
        List.of(
            0L,
            1L,
            2L,
            1000L,
            MIB - 1,
            MIB,
            MIB + 1,
            2 * MIB - 1,
            2 * MIB,
            2 * MIB + 1,
            3 * MIB + 12345,
            10 * MIB,
            50_000_000L,
            50 * MIB);

    // When
    var ours = ours(Profile.UNIXFS_V1_2025, sizes);

    // Then
    assertThat(ours).isEqualTo(JsImporter.cids(Profile.UNIXFS_V1_2025, sizes));
  }

  @Test
  void contentHasTheSameCidAroundTheWidthOfEveryLevel() throws IOException {
    // Given
    var small = new Profile(1024, 4);
    var sizes =
        LongStream.of(
                1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 20, 21, 63, 64, 65, 68, 69, 80, 81, 255, 256, 257,
                1024, 1025)
            .map(leaves -> leaves * 1024)
            .flatMap(size -> LongStream.of(size - 1, size, size + 1))
            .boxed()
            .toList();

    // When
    var ours = ours(small, sizes);

    // Then
    assertThat(ours).isEqualTo(JsImporter.cids(small, sizes));
  }

  @Test
  void contentHasTheSameCidAroundTheTrueWidth() throws IOException {
    // Given
    var narrowLeaves = new Profile(64, 1024);
    var sizes =
        LongStream.of(1023, 1024, 1025, 2048, 2049)
            .map(leaves -> leaves * 64)
            .flatMap(size -> LongStream.of(size - 1, size, size + 1))
            .boxed()
            .toList();

    // When
    var ours = ours(narrowLeaves, sizes);

    // Then
    assertThat(ours).isEqualTo(JsImporter.cids(narrowLeaves, sizes));
  }

  private Map<Long, String> ours(Profile profile, List<Long> sizes) throws IOException {
    var cids = new HashMap<Long, String>();
    try (var store = LocalBlobStore.open(folder, Clock.systemUTC(), profile, DiskFile::new)) {
      for (long size : sizes) {
        cids.put(size, store.add(KeyStream.of("stoa", size)).cid().toString());
      }
    }
    return cids;
  }
}
