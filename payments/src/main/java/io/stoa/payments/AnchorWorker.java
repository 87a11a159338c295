package io.stoa.payments;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.persistence.till.Duties;
import io.stoa.persistence.till.Epoch;
import io.stoa.persistence.till.Epochs;
import io.stoa.x402.receipt.MerkleTree;
import io.stoa.x402.receipt.ReceiptMerkle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Anchors the receipts of each epoch: writes down which they are, then sends one transaction with
 * their root, and looks until it is there for good. The contract takes one root of a sender for an
 * epoch: whoever sends it twice changes nothing. Blocks: call from a virtual thread.
 */
public final class AnchorWorker {
  private static final System.Logger LOG = System.getLogger(AnchorWorker.class.getName());
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final int AT_ONCE = 16;

  private final Epochs epochs;
  private final Duties duties;
  private final UsageAnchors anchors;
  private final Rpc rpc;
  private final ChainId chain;
  private final Finality finality;
  private final TransactionSender sender;
  private final SendLog sends;
  private final Terms terms;

  /**
   * What an epoch is.
   *
   * @param length in whole seconds
   * @param grace how long after its end it is left alone
   * @param most receipts of one, about: they are held in memory once
   * @param patience for one transaction
   */
  public record Terms(Duration length, Duration grace, int most, Duration patience) {
    public Terms {
      if (length.toSeconds() < 1 || length.toNanosPart() != 0 || most < 1) {
        throw new IllegalArgumentException("not an epoch: %s, %d receipts".formatted(length, most));
      }
    }
  }

  /**
   * @param sends the log that {@code sender} writes
   */
  public AnchorWorker(
      Epochs epochs,
      Duties duties,
      UsageAnchors anchors,
      Rpc rpc,
      ChainId chain,
      Finality finality,
      TransactionSender sender,
      SendLog sends,
      Terms terms) {
    this.epochs = epochs;
    this.duties = duties;
    this.anchors = anchors;
    this.rpc = rpc;
    this.chain = chain;
    this.finality = finality;
    this.sender = sender;
    this.sends = sends;
    this.terms = terms;
  }

  /** One round, unless another instance is at it. */
  public void run() {
    if (!duties.take(Duties.ANCHORS, LEASE)) {
      return;
    }
    try {
      epochs.next(terms.length, terms.grace, terms.most).ifPresent(this::close);
      epochs.open(AT_ONCE).forEach(this::carry);
    } finally {
      duties.done(Duties.ANCHORS);
    }
  }

  private void close(Epoch.Span span) {
    var digests = new HashSet<Bytes32>();
    epochs.read(span, document -> Receipts.digest(document).ifPresent(digests::add));
    var place = new ReceiptMerkle.Place(chain, anchors.contract(), sender.account(), span.end());
    var tree = ReceiptMerkle.of(place, digests);
    var epoch =
        new Epoch(span, chain, anchors.contract(), sender.account(), tree.root(), tree.count());
    epochs.record(epoch, parts(tree.leaves()));
  }

  private static List<Epoch.Part> parts(List<Bytes32> leaves) {
    var parts = new ArrayList<Epoch.Part>();
    for (int from = 0; from < leaves.size(); from += MerkleTree.PART) {
      var some = leaves.subList(from, Math.min(leaves.size(), from + MerkleTree.PART));
      parts.add(new Epoch.Part(MerkleTree.of(some).root(), some));
    }
    return parts;
  }

  private void carry(Epoch.Standing standing) {
    var epoch = standing.epoch();
    if (!epoch.anchor().equals(anchors.contract()) || !epoch.chain().equals(chain)) {
      LOG.log(WARNING, "an epoch of another contract is left alone: " + epoch.id());
      return;
    }
    var head = rpc.head();
    var shown = anchors.rootOf(epoch.sender(), epoch.id(), BlockId.of(head.ref().hash()));
    if (shown.isEmpty()) {
      epochs.lost(epoch);
      send(epoch);
    } else if (shown.get().equals(epoch.root())) {
      epochs.anchored(epoch, standing.block().orElse(head.number()), isFinal(epoch));
    } else {
      LOG.log(WARNING, "another root is anchored, the epoch is left alone: " + epoch.id());
    }
  }

  private boolean isFinal(Epoch epoch) {
    return rpc.finalHead(finality)
        .flatMap(last -> anchors.rootOf(epoch.sender(), epoch.id(), BlockId.of(last.number())))
        .equals(Optional.of(epoch.root()));
  }

  /** What is not mined in time is seen by the next round, whoever sent it. */
  private void send(Epoch epoch) {
    if (!epoch.sender().equals(sender.account())) {
      LOG.log(WARNING, "an epoch that only " + epoch.sender() + " can anchor: " + epoch.id());
      return;
    }
    var purpose = "anchor " + epoch.id();
    if (sends.findByPurpose(purpose).filter(sent -> sent.outcome().isEmpty()).isPresent()) {
      return;
    }
    var request =
        TransactionRequest.call(
            epoch.anchor(), UsageAnchors.anchor(epoch.id(), epoch.root(), epoch.count()));
    switch (sender.send(request, purpose, terms.patience)) {
      case SendOutcome.Mined(var receipt) -> {
        epochs.anchored(epoch, receipt.block().number(), false);
        LOG.log(INFO, "anchored %d receipts: %s".formatted(epoch.count(), receipt.transaction()));
      }
      case SendOutcome.Reverted _, SendOutcome.NotSent _, SendOutcome.OutcomeUnknown _ ->
          LOG.log(WARNING, "not mined, left to the next round: " + purpose);
    }
  }
}
