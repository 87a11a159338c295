package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.Bytes32;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.DepositTill;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ends deposits that others left, by what the chain shows; confirms them once they are deep enough
 * and takes them back when their block is gone. Sends nothing: what was not sent runs out, or is
 * presented again. Any number of instances may run it.
 */
final class DepositReconciler {
  private static final System.Logger LOG = System.getLogger(DepositReconciler.class.getName());
  private static final int BATCH = 64;

  private final DepositTill till;
  private final DepositCarrier carrier;
  private final Rpc rpc;
  private final Finality finality;
  private final Duration lease;
  private final Clock clock;

  DepositReconciler(
      DepositTill till,
      DepositCarrier carrier,
      Rpc rpc,
      Finality finality,
      Duration lease,
      Clock clock) {
    this.till = till;
    this.carrier = carrier;
    this.rpc = rpc;
    this.finality = finality;
    this.lease = lease;
    this.clock = clock;
  }

  /** One round. Blocks; failures of single deposits are logged and retried. */
  void run() {
    till.takeOver(BATCH, lease).forEach(this::attend);
    confirm();
  }

  private void attend(Deposit.Known known) {
    try {
      if (carrier.examine(known.deposit()) instanceof Deposit.State.Open) {
        till.putOff(known.deposit(), Pause.after(known.presentedAt(), clock.instant()));
      }
    } catch (RuntimeException failure) {
      LOG.log(
          WARNING, "deposit not reconciled, will be tried again: " + known.deposit().id(), failure);
    }
  }

  private void confirm() {
    var provisional = till.provisional(BATCH * BATCH);
    if (provisional.isEmpty()) {
      return;
    }
    long depth = rpc.finalHead(finality).map(BlockHeader::number).orElse(-1L);
    Map<Long, Optional<Bytes32>> canonical = new HashMap<>();
    for (var known : provisional) {
      if (known.state() instanceof Deposit.State.Mined(var settlement, _)) {
        var block = settlement.block();
        var present =
            canonical.computeIfAbsent(
                block.number(), number -> rpc.block(number).map(BlockHeader::hash));
        // Absent from a node that lags; on another fork there is another block in its place.
        if (present.filter(hash -> !hash.equals(block.hash())).isPresent()) {
          LOG.log(WARNING, "reorganisation took a deposit back: " + known.deposit().id());
          till.reopen(known.deposit(), block);
        } else if (present.isPresent() && block.number() <= depth) {
          till.confirm(known.deposit(), block);
        }
      }
    }
  }
}
