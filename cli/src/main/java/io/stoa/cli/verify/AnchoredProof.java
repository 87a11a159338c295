package io.stoa.cli.verify;

import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.cli.CommandFailure;
import io.stoa.domain.Bytes32;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.receipt.ReceiptMerkle;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node says proves that a receipt is anchored (docs/receipts.md).
 *
 * @param siblings from the leaf up
 */
record AnchoredProof(
    Bytes32 receipt, ReceiptMerkle.Place place, Bytes32 root, List<Bytes32> siblings) {
  private static final int HIGHEST_TREE = 64;

  AnchoredProof {
    siblings = List.copyOf(siblings);
  }

  static AnchoredProof read(byte[] document) {
    try {
      var fields = HeaderCodec.parse(document);
      var siblings = new ArrayList<Bytes32>();
      var proof = fields.json().path("proof");
      if (!proof.isArray() || proof.size() > HIGHEST_TREE) {
        throw fields.wrong("proof", "must be a list of at most " + HIGHEST_TREE + " hashes");
      }
      for (var sibling : proof) {
        siblings.add(Bytes32.parse(sibling.asText()));
      }
      return new AnchoredProof(
          fields.bytes32("receipt"),
          new ReceiptMerkle.Place(
              fields.network("chain"),
              fields.address("anchor"),
              fields.address("sender"),
              fields.natural("epoch")),
          fields.bytes32("root"),
          siblings);
    } catch (MalformedPayment | IllegalArgumentException malformed) {
      throw new CommandFailure("The proof cannot be read: " + malformed.getMessage(), malformed);
    }
  }

  /**
   * Fails unless it leads from {@code digest} to its root.
   *
   * @param digest of the receipt that is checked
   */
  void requireOf(Bytes32 digest) {
    if (!receipt.equals(digest)) {
      throw new CommandFailure("The proof is of another receipt: " + receipt + ".");
    }
    if (!ReceiptMerkle.proves(place, digest, siblings, root)) {
      throw new CommandFailure("The proof does not lead from the receipt to its root.");
    }
  }

  /** Blocks. Fails unless the contract keeps the root. */
  void requireOnChain(Rpc rpc) {
    var chain = rpc.chainId();
    if (!chain.equals(place.chain())) {
      throw new CommandFailure(
          "The proof is of chain %s, and the RPC of %s.".formatted(place.chain(), chain));
    }
    var kept =
        new UsageAnchors(rpc, place.anchor())
            .rootOf(place.sender(), place.epoch(), BlockId.LATEST)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "%s has anchored nothing for epoch %d in %s."
                            .formatted(place.sender(), place.epoch(), place.anchor())));
    if (!kept.equals(root)) {
      throw new CommandFailure(
          "Another root is anchored for epoch %d: %s.".formatted(place.epoch(), kept));
    }
  }
}
