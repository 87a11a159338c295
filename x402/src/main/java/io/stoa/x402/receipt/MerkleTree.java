package io.stoa.x402.receipt;

import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes32;
import java.util.ArrayList;
import java.util.List;

/**
 * A Merkle tree over nodes in a given order. Inner nodes hash their two children in ascending order
 * (OpenZeppelin's MerkleProof), so a proof needs no sides; a node without a sibling moves up as it
 * is. A tree over many nodes is therefore also a tree over the roots of its {@linkplain #PART
 * parts}.
 */
public final class MerkleTree {
  /** Nodes of a part that is a subtree of its own: a power of two. */
  public static final int PART = 4_096;

  /** From the given nodes to the root. */
  private final List<Bytes32[]> levels;

  private MerkleTree(List<Bytes32[]> levels) {
    this.levels = levels;
  }

  /**
   * @param nodes at least one
   */
  public static MerkleTree of(List<Bytes32> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a tree of nothing");
    }
    var levels = new ArrayList<Bytes32[]>();
    levels.add(nodes.toArray(Bytes32[]::new));
    while (levels.getLast().length > 1) {
      levels.add(above(levels.getLast()));
    }
    return new MerkleTree(levels);
  }

  private static Bytes32[] above(Bytes32[] level) {
    var above = new Bytes32[(level.length + 1) / 2];
    for (int i = 0; i < above.length; i++) {
      int right = 2 * i + 1;
      above[i] = right < level.length ? node(level[2 * i], level[right]) : level[2 * i];
    }
    return above;
  }

  private static Bytes32 node(Bytes32 one, Bytes32 other) {
    return one.compareTo(other) < 0
        ? Keccak.hash(one.toBytes(), other.toBytes())
        : Keccak.hash(other.toBytes(), one.toBytes());
  }

  public Bytes32 root() {
    return levels.getLast()[0];
  }

  /** The siblings from the node at {@code place} up; none when it is the only one. */
  public List<Bytes32> proof(int place) {
    var proof = new ArrayList<Bytes32>();
    int index = place;
    for (var level : levels) {
      int sibling = index ^ 1;
      if (sibling < level.length) {
        proof.add(level[sibling]);
      }
      index /= 2;
    }
    return List.copyOf(proof);
  }

  /** What {@code proof} leads to from {@code node}. */
  static Bytes32 climb(Bytes32 node, List<Bytes32> proof) {
    var top = node;
    for (var sibling : proof) {
      top = node(top, sibling);
    }
    return top;
  }
}
