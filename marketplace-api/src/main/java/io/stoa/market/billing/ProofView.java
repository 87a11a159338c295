package io.stoa.market.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.payments.AnchorProof;
import io.stoa.persistence.till.Epochs;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * That a receipt is among those of an epoch, for {@code UsageAnchor.verify(sender, epoch, receipt,
 * proof)}.
 *
 * @param receipt its digest: what its signature signs
 * @param anchor the contract
 * @param sender who anchors for this node
 * @param epoch Unix seconds at which it ended
 * @param count of receipts in it
 * @param block that showed the root; absent while it is on its way to the chain
 * @param isFinal whether a reorganisation can no longer change that
 */
@Schema(name = "ReceiptProof")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProofView(
    String receipt,
    String chain,
    String anchor,
    String sender,
    long epoch,
    String root,
    long count,
    List<String> proof,
    @Nullable Long block,
    boolean isFinal) {

  /**
   * Blocks. Fails while the epoch is not closed.
   *
   * @param at when the till wrote the receipt down
   */
  static ProofView find(Epochs epochs, String document, Instant at) {
    return AnchorProof.find(epochs, document, at)
        .map(ProofView::of)
        .orElseThrow(
            () ->
                new MarketException.NotFound(
                    "proof-unknown", "The receipts of this time are not anchored yet."));
  }

  private static ProofView of(AnchorProof proof) {
    var standing = proof.epoch();
    var epoch = standing.epoch();
    return new ProofView(
        proof.receipt().toString(),
        epoch.chain().toString(),
        epoch.anchor().toString(),
        epoch.sender().toString(),
        epoch.id(),
        epoch.root().toString(),
        epoch.count(),
        proof.siblings().stream().map(Bytes32::toString).toList(),
        standing.block().isPresent() ? standing.block().getAsLong() : null,
        standing.isFinal());
  }
}
