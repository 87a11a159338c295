package io.stoa.x402.receipt;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * A {@link MerkleTree} over digests of receipts, of the kind that {@code UsageAnchor} checks. The
 * leaves are sorted: the same receipts have the same root in whatever order they come.
 */
public final class ReceiptMerkle {
  private final Place place;
  private final List<Bytes32> leaves;
  private final MerkleTree tree;

  private ReceiptMerkle(Place place, List<Bytes32> leaves) {
    this.place = place;
    this.leaves = leaves;
    this.tree = MerkleTree.of(leaves);
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
    public Bytes32 leafOf(Bytes32 receipt) {
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
    var leaves = receipts.stream().map(place::leafOf).sorted().toList();
    for (int i = 1; i < leaves.size(); i++) {
      if (leaves.get(i).equals(leaves.get(i - 1))) {
        throw new IllegalArgumentException("a receipt that is there twice");
      }
    }
    return new ReceiptMerkle(place, leaves);
  }

  /** What is anchored. */
  public Bytes32 root() {
    return tree.root();
  }

  /** What stands for each receipt, ascending. */
  public List<Bytes32> leaves() {
    return leaves;
  }

  /** How many receipts it stands for. */
  public int count() {
    return leaves.size();
  }

  /**
   * The siblings from the leaf of {@code receipt} up, for {@code verify}; none when it is the only
   * one. Fails for a receipt that is not in the tree.
   */
  public List<Bytes32> proof(Bytes32 receipt) {
    int index = Collections.binarySearch(leaves, place.leafOf(receipt));
    if (index < 0) {
      throw new IllegalArgumentException("not in the tree: " + receipt);
    }
    return tree.proof(index);
  }

  /** {@code verify}: whether {@code proof} leads from {@code receipt} to the root at its place. */
  public static boolean proves(Place place, Bytes32 receipt, List<Bytes32> proof, Bytes32 root) {
    return MerkleTree.climb(place.leafOf(receipt), proof).equals(root);
  }
}
