package io.stoa.storage.unixfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees of leaves of 10 bytes, 3 links a node. */
class LeafWalkTest {
  private static final Profile SMALL = new Profile(10, 3);

  private final Map<Cid, FileNode> nodes = new HashMap<>();
  private int nodesRead;

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 11, 30, 31, 89, 90, 91, 270, 271, 275})
  void visitsTheRestOfTheFileFromEveryOffset(int size) throws IOException {
    // Given
    var leaves = new ArrayList<Cid>();
    var root = tree(size, leaves);

    for (int offset = 0; offset <= size; offset++) {
      // When
      var steps = walk(root, offset);

      // Then
      int first = offset / 10;
      assertThat(steps)
          .extracting(step -> step.leaf().cid())
          .isEqualTo(offset == size ? List.of() : leaves.subList(first, leaves.size()));
      assertThat(steps)
          .extracting(LeafWalk.Step::skip)
          .allMatch(skip -> skip < 10)
          .startsWith(offset == size ? new Integer[0] : new Integer[] {offset % 10});
      assertThat(steps.stream().skip(1)).allMatch(step -> step.skip() == 0);
      assertThat(steps.stream().mapToLong(step -> step.leaf().contentSize() - step.skip()).sum())
          .isEqualTo(size - offset);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 135, 274})
  void readsOnlyTheNodesOnItsWay(int offset) throws IOException {
    // Given
    var root = tree(275, new ArrayList<>());
    nodesRead = 0;

    // When
    var first = new LeafWalk(root, offset, this::node).next();

    // Then
    assertThat(first).isPresent();
    assertThat(nodesRead).isEqualTo(4);
  }

  private Link tree(int size, List<Cid> leaves) throws IOException {
    var tree = new FileTree(SMALL, (cid, block) -> nodes.put(cid, FileNode.decode(block)));
    for (int start = 0; start < size; start += 10) {
      var cid = Blocks.cidOf(Cid.Codec.RAW, ByteBuffer.allocate(4).putInt(start).array());
      leaves.add(cid);
      tree.leaf(Link.leaf(cid, Math.min(10, size - start)));
    }
    return tree.finish();
  }

  private List<LeafWalk.Step> walk(Link root, long offset) {
    var steps = new ArrayList<LeafWalk.Step>();
    var walk = new LeafWalk(root, offset, this::node);
    for (var step = walk.next(); step.isPresent(); step = walk.next()) {
      steps.add(step.get());
    }
    return steps;
  }

  private FileNode node(Link link) {
    nodesRead++;
    return Objects.requireNonNull(nodes.get(link.cid()));
  }
}
