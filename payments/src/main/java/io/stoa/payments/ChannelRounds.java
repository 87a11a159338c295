package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.persistence.till.ChannelTill;

/**
 * What must be done about channels again and again, by every instance that settles: ends calls,
 * deposits and refunds that others left.
 */
public final class ChannelRounds {
  private static final System.Logger LOG = System.getLogger(ChannelRounds.class.getName());
  private static final int BATCH = 64;

  private final ChannelTill calls;
  private final DepositReconciler deposits;
  private final RefundReconciler refunds;

  ChannelRounds(ChannelTill calls, DepositReconciler deposits, RefundReconciler refunds) {
    this.calls = calls;
    this.deposits = deposits;
    this.refunds = refunds;
  }

  /** One round, to be run several times a minute. Blocks; what fails is logged and comes again. */
  public void run() {
    attempt("calls", () -> calls.takeOver(BATCH));
    attempt("deposits", deposits::run);
    attempt("refunds", refunds::run);
  }

  private static void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "round of channels failed, will be tried again: " + what, failure);
    }
  }
}
