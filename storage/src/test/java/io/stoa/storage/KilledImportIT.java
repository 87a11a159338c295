package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.Cid;
import io.stoa.domain.MarketException.NotFound;
import io.stoa.storage.unixfs.Blocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledImportIT {
  private static final int MIB = 1 << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @Test
  void aKilledProcessKeepsWhatItFinishedAndNothingOfTheRest() throws Exception {
    // Given
    var finished = KeyStream.bytes("finished", 3 * MIB);
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledImport.class.getName(),
                folder.toString())
            .inheritIO()
            .start();

    // When
    try {
      await().until(() -> sizeOf("incoming") > 20 * MIB);
    } finally {
      process.destroyForcibly().waitFor();
    }

    // Then
    try (var store = LocalBlobStore.open(folder, Clock.systemUTC())) {
      assertThat(files("incoming")).isEmpty();
      assertThat(files("packs")).hasSize(1);
      var cid = store.add(KeyStream.of("finished", 3 * MIB)).cid();
      assertThat(files("packs")).hasSize(1);
      try (var in = store.open(cid, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(finished);
      }
      var started = Blocks.cidOf(Cid.Codec.RAW, KeyStream.bytes("endless", MIB));
      assertThatThrownBy(() -> store.block(started)).isInstanceOf(NotFound.class);
    }
  }

  private long sizeOf(String name) throws IOException {
    long size = 0;
    for (var file : files(name)) {
      size += Files.size(file);
    }
    return size;
  }

  private List<Path> files(String name) throws IOException {
    if (!Files.exists(folder.resolve(name))) {
      return List.of();
    }
    try (var files = Files.list(folder.resolve(name))) {
      return files.toList();
    }
  }
}
