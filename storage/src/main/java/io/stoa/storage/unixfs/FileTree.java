package io.stoa.storage.unixfs;

import io.stoa.domain.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Grows the balanced tree of a file from its leaves, in order: all leaves end at the same depth.
 * Holds one unfinished node a level and hands every finished one to the sink at once, so memory
 * does not grow with the file.
 */
public final class FileTree {
  private final Profile profile;
  private final Sink sink;
  private final List<Level> levels = new ArrayList<>();

  /** Takes the inner nodes as they are finished, children before parents. */
  @FunctionalInterface
  public interface Sink {
    void node(Cid cid, byte[] block) throws IOException;
  }

  public FileTree(Profile profile, Sink sink) {
    this.profile = profile;
    this.sink = sink;
  }

  public void leaf(Link leaf) throws IOException {
    append(0, leaf);
  }

  /**
   * Finishes the open nodes and returns the link to the root. A file of one leaf is that leaf; an
   * empty file needs one empty leaf.
   */
  public Link finish() throws IOException {
    for (int depth = 0; ; depth++) {
      var level = levels.get(depth);
      boolean isTop = depth == levels.size() - 1;
      if (isTop && level.links.size() == 1) {
        return level.links.getFirst();
      }
      if (!level.links.isEmpty()) {
        close(depth);
      }
    }
  }

  private void append(int depth, Link link) throws IOException {
    if (depth == levels.size()) {
      levels.add(new Level());
    }
    var links = levels.get(depth).links;
    links.add(link);
    if (links.size() == profile.width()) {
      close(depth);
    }
  }

  private void close(int depth) throws IOException {
    var links = levels.get(depth).links;
    var node = new FileNode(links);
    var block = node.encode();
    var cid = Blocks.cidOf(Cid.Codec.DAG_PB, block);
    long treeSize = block.length;
    for (var link : links) {
      treeSize += link.treeSize();
    }
    links.clear();
    sink.node(cid, block);
    append(depth + 1, new Link(cid, node.contentSize(), treeSize));
  }

  private static final class Level {
    final List<Link> links = new ArrayList<>();
  }
}
