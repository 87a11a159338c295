package io.stoa.x402.receipt;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A Merkle tree over digests of receipts, of the kind that {@code UsageAnchor} checks: inner nodes
 * hash their two children in ascending order (OpenZeppelin's MerkleProof), so a proof needs no
 * sides. The leaves are sorted, and a node without a sibling moves up as it is: the same receipts
 * have the same root in whatever order they come.
 */
public final class ReceiptMerkle {
  private final Place place;

  /** From the leaves to the root. */
  private final List<Bytes32[]> levels;

  private ReceiptMerkle(Place place, List<Bytes32[]> levels) {
    this.place = place;
    this.levels = levels;
  }

  /**
   * Where a root is anchored. Every leaf is bound to it.
   *
   * @param anchor the contract
   * @param sender who anchors
   * @param epoch of the sender's own choice; not negative
   */
  public record Place(ChainId chain, Address anchor, Address sender, long epoch) {
    public Place {
      if (epoch < 0) {
        throw new IllegalArgumentException("not an epoch: " + epoch);
      }
    }

    /** {@code leafOf}: hashed twice, so that no inner node passes for a leaf. */
    Bytes32 leafOf(Bytes32 receipt) {
      var once =
          Keccak.hash(
              Abi.encode(
                  Abi.word(chain.value()),
                  Abi.word(anchor),
                  Abi.word(sender),
                  Abi.word(epoch),
                  receipt));
      return Keccak.hash(once.toBytes());
    }
  }

  /**
   * Builds the tree.
   *
   * @param receipts digests ({@link DeliveryReceipt#digest}): at least one, none twice
   */
  public static ReceiptMerkle of(Place place, Collection<Bytes32> receipts) {
    var leaves = receipts.stream().map(place::leafOf).sorted().toArray(Bytes32[]::new);
    if (leaves.length == 0) {
      throw new IllegalArgumentException("no receipts");
    }
    for (int i = 1; i < leaves.length; i++) {
      if (leaves[i].equals(leaves[i - 1])) {
        throw new IllegalArgumentException("a receipt that is there twice");
      }
    }
    var levels = new ArrayList<Bytes32[]>();
    levels.add(leaves);
    while (levels.getLast().length > 1) {
      levels.add(above(levels.getLast()));
    }
    return new ReceiptMerkle(place, levels);
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

  /** What is anchored. */
  public Bytes32 root() {
    return levels.getLast()[0];
  }

  /** How many receipts it stands for. */
  public int count() {
    return levels.getFirst().length;
  }

  /**
   * The siblings from the leaf of {@code receipt} up, for {@code verify}; none when it is the only
   * one. Fails for a receipt that is not in the tree.
   */
  public List<Bytes32> proof(Bytes32 receipt) {
    int index = Arrays.binarySearch(levels.getFirst(), place.leafOf(receipt));
    if (index < 0) {
      throw new IllegalArgumentException("not in the tree: " + receipt);
    }
    var proof = new ArrayList<Bytes32>();
    for (var level : levels) {
      int sibling = index ^ 1;
      if (sibling < level.length) {
        proof.add(level[sibling]);
      }
      index /= 2;
    }
    return List.copyOf(proof);
  }

  /** {@code verify}: whether {@code proof} leads from {@code receipt} to the root at its place. */
  public static boolean proves(Place place, Bytes32 receipt, List<Bytes32> proof, Bytes32 root) {
    var node = place.leafOf(receipt);
    for (var sibling : proof) {
      node = node(node, sibling);
    }
    return node.equals(root);
  }
}
