package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Asset;
import io.stoa.persistence.till.ChannelTill;
import java.util.Set;

/**
 * What must be done about channels again and again, by every instance that settles: ends calls,
 * deposits and refunds that others left, looks after what channels owe, and claims it.
 */
public final class ChannelRounds {
  private static final System.Logger LOG = System.getLogger(ChannelRounds.class.getName());
  private static final int BATCH = 64;

  private final ChannelTill calls;
  private final DepositReconciler deposits;
  private final RefundReconciler refunds;
  private final ChannelWatch watch;
  private final ClaimWorker claims;
  private final Set<Asset> assets;

  ChannelRounds(
      ChannelTill calls,
      DepositReconciler deposits,
      RefundReconciler refunds,
      ChannelWatch watch,
      ClaimWorker claims,
      Set<Asset> assets) {
    this.calls = calls;
    this.deposits = deposits;
    this.refunds = refunds;
    this.watch = watch;
    this.claims = claims;
    this.assets = Set.copyOf(assets);
  }

  /** One round, to be run several times a minute. Blocks; what fails is logged and comes again. */
  public void run() {
    attempt("calls", () -> calls.takeOver(BATCH));
    attempt("deposits", deposits::run);
    attempt("refunds", refunds::run);
    for (var asset : assets) {
      attempt("watch", () -> watch.run(asset));
      attempt("claims", () -> claims.run(asset));
    }
  }

  private static void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "round of channels failed, will be tried again: " + what, failure);
    }
  }
}
