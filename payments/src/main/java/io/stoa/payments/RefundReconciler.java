package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.Bytes32;
import io.stoa.persistence.till.Refund;
import io.stoa.persistence.till.RefundTill;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Carries on with refunds that others left; confirms them once they are deep enough, which frees
 * their channels, and takes them back when their block is gone. Any number of instances may run it.
 */
final class RefundReconciler {
  private static final System.Logger LOG = System.getLogger(RefundReconciler.class.getName());
  private static final int BATCH = 16;
  private static final int PROVISIONAL = 1_000;
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final RefundTill till;
  private final RefundCarrier carrier;
  private final Rpc rpc;
  private final Finality finality;
  private final Duration patience;

  /**
   * @param patience for one transaction
   */
  RefundReconciler(
      RefundTill till, RefundCarrier carrier, Rpc rpc, Finality finality, Duration patience) {
    this.till = till;
    this.carrier = carrier;
    this.rpc = rpc;
    this.finality = finality;
    this.patience = patience;
  }

  /** One round. Blocks; failures of single refunds are logged and retried. */
  void run() {
    confirm();
    till.takeOver(BATCH, patience.multipliedBy(BATCH + 1L)).forEach(this::attend);
  }

  private void confirm() {
    var provisional = till.provisional(PROVISIONAL);
    if (provisional.isEmpty()) {
      return;
    }
    long depth = rpc.finalHead(finality).map(BlockHeader::number).orElse(-1L);
    Map<Long, Optional<Bytes32>> canonical = new HashMap<>();
    for (var done : provisional) {
      var block = done.minedIn();
      var present =
          canonical.computeIfAbsent(
              block.number(), number -> rpc.block(number).map(BlockHeader::hash));
      // Absent from a node that lags; on another fork there is another block in its place.
      if (present.filter(hash -> !hash.equals(block.hash())).isPresent()) {
        LOG.log(WARNING, "reorganisation took a refund back: " + done.refund().hold().channel());
        till.reopen(done);
      } else if (present.isPresent() && block.number() <= depth) {
        till.confirm(done);
      }
    }
  }

  private void attend(Refund refund) {
    try {
      if (carrier.carry(refund, patience) instanceof Refund.State.Open) {
        till.putOff(refund, PAUSE);
      }
    } catch (RuntimeException failure) {
      LOG.log(
          WARNING, "refund not ended, will be tried again: " + refund.hold().channel(), failure);
    }
  }
}
