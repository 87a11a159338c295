package io.stoa.storage.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stoa.domain.Cid;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNodeTest {
  private static final Cid LEAF = Blocks.cidOf(Cid.Codec.RAW, new byte[] {1});
  private static final Cid NODE = Blocks.cidOf(Cid.Codec.DAG_PB, new byte[] {2});

  @Test
  void isWrittenAsTheSpecificationsSay() {
    // Given
    var node = new FileNode(List.of(Link.leaf(LEAF, 300), new Link(NODE, 5, 130)));

    // When
    var block = node.encode();

    // Then
    var hex = HexFormat.of();
    assertThat(hex.formatHex(block))
        .isEqualTo(
            ("122b" + "0a24" + hex.formatHex(LEAF.toBytes()) + "1200" + "18ac02")
                + ("122b" + "0a24" + hex.formatHex(NODE.toBytes()) + "1200" + "188201")
                + ("0a0a" + "0802" + "18b102" + "20ac02" + "2005"));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsBackWhatItWrote(long seed) {
    // Given
    var random = new Random(seed);
    var links = IntStream.range(0, 1 + random.nextInt(50)).mapToObj(_ -> anyLink(random)).toList();
    var node = new FileNode(links);

    // When
    var read = FileNode.decode(node.encode());

    // Then
    assertThat(read).isEqualTo(node);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void whatItReadsIsWhatItWouldWrite(long seed) {
    // Given
    var random = new Random(seed);
    var block = new FileNode(List.of(anyLink(random), anyLink(random))).encode();

    for (int i = 0; i < 2000; i++) {
      // When
      var garbled = Arrays.copyOf(block, block.length - random.nextInt(2));
      garbled[random.nextInt(garbled.length)] ^= (byte) (1 << random.nextInt(8));
      FileNode read;
      try {
        read = FileNode.decode(garbled);
      } catch (IllegalArgumentException _) {
        continue;
      }

      // Then
      assertThat(read.encode()).isEqualTo(garbled);
    }
  }

  @Test
  void refusesEveryCutOffBlock() {
    // Given
    var block = new FileNode(List.of(Link.leaf(LEAF, 300), Link.leaf(LEAF, 5))).encode();

    for (int length = 0; length < block.length; length++) {
      // When
      var cut = Arrays.copyOf(block, length);
      var failure = catchThrowable(() -> FileNode.decode(cut));

      // Then
      assertThat(failure).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Link anyLink(Random random) {
    long size = random.nextLong(1L << random.nextInt(1, 50));
    return random.nextBoolean()
        ? new Link(LEAF, size, size)
        : new Link(NODE, size, size + random.nextInt(1000));
  }
}
