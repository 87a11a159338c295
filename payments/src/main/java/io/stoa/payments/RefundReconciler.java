package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.persistence.till.Refund;
import io.stoa.persistence.till.RefundTill;
import java.time.Duration;

/** Carries on with refunds that others left. Any number of instances may run it. */
final class RefundReconciler {
  private static final System.Logger LOG = System.getLogger(RefundReconciler.class.getName());
  private static final int BATCH = 16;
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final RefundTill till;
  private final RefundCarrier carrier;
  private final Duration patience;

  /**
   * @param patience for one transaction
   */
  RefundReconciler(RefundTill till, RefundCarrier carrier, Duration patience) {
    this.till = till;
    this.carrier = carrier;
    this.patience = patience;
  }

  /** One round. Blocks; failures of single refunds are logged and retried. */
  void run() {
    till.takeOver(BATCH, patience.multipliedBy(BATCH + 1L)).forEach(this::attend);
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
