package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Cid;
import io.stoa.storage.unixfs.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The test fixtures that IPIP-499 publishes for files under {@code unixfs-v1-2025}, up to one over
 * 1,024 leaves.
 */
class CidFixturesIT {
  @Test
  void aSmallFileHasThePublishedCid() throws IOException {
    // When
    var cid = cidOf(new ByteArrayInputStream("hello world".getBytes(StandardCharsets.UTF_8)));

    // Then
    assertThat(cid).hasToString("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  }

  @ParameterizedTest
  @CsvSource({
    "chunk-v1-seed, 1048576, bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
    "chunk-v1-seed, 1048577, bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
    "v1-2025-seed, 1073741824, bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
    "v1-2025-seed, 1073741825, bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe"
  })
  void aFileHasThePublishedCid(String seed, long size, String expected) throws IOException {
    // When
    var cid = cidOf(KeyStream.of(seed, size));

    // Then
    assertThat(cid).hasToString(expected);
  }

  /** Without a disk: the last two are a gibibyte each. */
  private static Cid cidOf(InputStream content) throws IOException {
    var nowhere =
        new Import.Target() {
          @Override
          public boolean keeps(Cid cid) {
            return true;
          }

          @Override
          public void append(Cid cid, byte[] buffer, int length) {
            throw new IllegalStateException("everything is kept already");
          }
        };
    try (var run = new Import(Profile.UNIXFS_V1_2025, nowhere)) {
      return run.run(content).cid();
    }
  }
}
