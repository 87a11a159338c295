package io.stoa.storage.unixfs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Visits the leaves of a file in order, from any offset, reading only the nodes on the way. */
public final class LeafWalk {
  private final Nodes nodes;
  private final Deque<Position> path = new ArrayDeque<>();

  /** Gives the nodes of the tree, verified, each with the content size that its link promises. */
  @FunctionalInterface
  public interface Nodes {
    FileNode node(Link link);
  }

  /**
   * A leaf and the number of its first bytes to leave out: zero for all but the first one visited.
   */
  public record Step(Link leaf, int skip) {}

  /** Starts at the leaf that holds byte {@code offset}; {@code root.contentSize()} is the end. */
  public LeafWalk(Link root, long offset, Nodes nodes) {
    if (offset < 0 || offset > root.contentSize()) {
      throw new IllegalArgumentException(
          "offset %d of %d bytes".formatted(offset, root.contentSize()));
    }
    this.nodes = nodes;
    if (offset < root.contentSize()) {
      path.push(new Position(new FileNode(List.of(root)), offset));
    }
  }

  public Optional<Step> next() {
    while (!path.isEmpty()) {
      var here = path.peek();
      if (here.isDone()) {
        path.pop();
        continue;
      }
      var link = here.take();
      if (link.isLeaf()) {
        return Optional.of(new Step(link, (int) here.takeSkip()));
      }
      path.push(new Position(nodes.node(link), here.takeSkip()));
    }
    return Optional.empty();
  }

  /** The next child of a node, and the bytes of that child to leave out. */
  private static final class Position {
    private final FileNode node;
    private int next;
    private long skip;

    Position(FileNode node, long offset) {
      this.node = node;
      this.skip = offset;
      while (!isDone() && skip >= node.links().get(next).contentSize()) {
        skip -= node.links().get(next).contentSize();
        next++;
      }
    }

    boolean isDone() {
      return next == node.links().size();
    }

    Link take() {
      return node.links().get(next++);
    }

    long takeSkip() {
      long taken = skip;
      skip = 0;
      return taken;
    }
  }
}
