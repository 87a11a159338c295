package io.stoa.payments;

import io.stoa.domain.Bytes32;
import io.stoa.persistence.till.Epoch;
import io.stoa.persistence.till.Epochs;
import io.stoa.x402.receipt.MerkleTree;
import io.stoa.x402.receipt.ReceiptMerkle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * That a receipt is among those that were, or will be, anchored for its epoch.
 *
 * @param receipt digest of it
 * @param siblings from the leaf up
 */
public record AnchorProof(Epoch.Standing epoch, Bytes32 receipt, List<Bytes32> siblings) {
  public AnchorProof {
    siblings = List.copyOf(siblings);
  }

  /**
   * Blocks. Reads one part of the tree, however large that is.
   *
   * @param at when the till wrote the receipt down
   * @return empty while the epoch is not closed
   */
  public static Optional<AnchorProof> find(Epochs epochs, String document, Instant at) {
    return Receipts.digest(document)
        .flatMap(receipt -> epochs.at(at).flatMap(standing -> find(epochs, standing, receipt)));
  }

  private static Optional<AnchorProof> find(
      Epochs epochs, Epoch.Standing standing, Bytes32 receipt) {
    var epoch = standing.epoch();
    var leaf =
        new ReceiptMerkle.Place(epoch.chain(), epoch.anchor(), epoch.sender(), epoch.id())
            .leafOf(receipt);
    var branch = epochs.branch(epoch, leaf);
    int place = Collections.binarySearch(branch.part().leaves(), leaf);
    if (place < 0) {
      return Optional.empty();
    }
    var siblings = new ArrayList<>(MerkleTree.of(branch.part().leaves()).proof(place));
    siblings.addAll(MerkleTree.of(branch.roots()).proof(branch.place()));
    return Optional.of(new AnchorProof(standing, receipt, siblings));
  }
}
