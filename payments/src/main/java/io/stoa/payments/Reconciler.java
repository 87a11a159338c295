package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.persistence.till.Decision;
import io.stoa.persistence.till.Till;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * Ends what others left: releases claims whose holder died, carries stored answers to the chain,
 * owes back what was paid upfront and never answered, confirms decisions once they are deep enough
 * and takes them back when their block is gone. Any number of instances may run it.
 */
public final class Reconciler {
  private static final System.Logger LOG = System.getLogger(Reconciler.class.getName());
  private static final int BATCH = 64;
  private static final int ANSWERS = 1_000;

  private final Till till;
  private final Settler calls;
  private final Optional<Settler> errands;
  private final Outcomes outcomes;
  private final Rpc rpc;
  private final Finality finality;
  private final Duration lease;
  private final Duration patience;
  private final Clock clock;

  /**
   * @param calls ends what was paid to this node
   * @param errands ends what is settled for other servers; when there is none, the chain alone does
   * @param patience with what was paid upfront and is not answered
   */
  Reconciler(
      Till till,
      Settler calls,
      Optional<Settler> errands,
      Outcomes outcomes,
      Rpc rpc,
      Finality finality,
      Duration lease,
      Duration patience,
      Clock clock) {
    this.till = till;
    this.calls = calls;
    this.errands = errands;
    this.outcomes = outcomes;
    this.rpc = rpc;
    this.finality = finality;
    this.lease = lease;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * One round over everything that waits for somebody. Blocks; failures of single payments are
   * logged and retried.
   */
  public void run() {
    var left = till.takeOver(BATCH, lease);
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      left.forEach(leased -> workers.execute(() -> attend(leased)));
    }
    confirm();
    till.giveUp(patience).forEach(this::owe);
    dropExpiredAnswers();
  }

  private void dropExpiredAnswers() {
    int dropped;
    do {
      dropped = till.dropExpiredAnswers(ANSWERS);
    } while (dropped == ANSWERS);
  }

  private void owe(PaymentId id) {
    LOG.log(WARNING, "paid and not answered, a refund is due: payment " + id);
    outcomes.announce(id);
  }

  private void attend(Till.Leased leased) {
    var payment = leased.payment();
    try {
      switch (payment.state()) {
        case PaymentState.Verified _ -> {
          till.release(leased.ticket());
          outcomes.announce(payment.id());
        }
        case PaymentState.Settling _, PaymentState.Unknown _ -> carryOn(payment);
        case PaymentState.Released _,
            PaymentState.Free _,
            PaymentState.Settled _,
            PaymentState.RefundDue _,
            PaymentState.Refunded _,
            PaymentState.Voided _ ->
            throw new IllegalStateException("taken over although decided: " + payment.id());
      }
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "payment not reconciled, will be tried again: " + payment.id(), failure);
    }
  }

  private void carryOn(Payment payment) {
    var deadline = clock.instant().plus(lease);
    switch (payment.occasion()) {
      case Occasion.Call _ -> calls.resume(payment, deadline);
      case Occasion.Errand _ ->
          errands.ifPresentOrElse(
              settler -> settler.resume(payment, deadline), () -> calls.examine(payment));
    }
  }

  private void confirm() {
    var provisional = till.provisional(BATCH * BATCH);
    if (provisional.isEmpty()) {
      return;
    }
    long depth = rpc.finalHead(finality).map(BlockHeader::number).orElse(-1L);
    Map<Long, Optional<Bytes32>> canonical = new HashMap<>();
    var beyondDoubt = new ArrayList<Decision>();
    for (var payment : provisional) {
      var decidedBy = decidedBy(payment);
      var present =
          canonical.computeIfAbsent(
              decidedBy.number(), number -> rpc.block(number).map(BlockHeader::hash));
      if (present.isEmpty()) {
        // A node that lags does not show it yet; on another fork there is another block in its
        // place.
        continue;
      }
      if (!present.get().equals(decidedBy.hash())) {
        if (till.reopen(payment, decidedBy)) {
          LOG.log(WARNING, "reorganisation took a decision back: payment " + payment.id());
        }
      } else if (decidedBy.number() <= depth) {
        beyondDoubt.add(new Decision(payment, decidedBy));
      }
      if (beyondDoubt.size() == BATCH) {
        till.confirm(beyondDoubt);
        beyondDoubt.clear();
      }
    }
    if (!beyondDoubt.isEmpty()) {
      till.confirm(beyondDoubt);
    }
  }

  private static BlockRef decidedBy(Payment payment) {
    return switch (payment.state()) {
      case PaymentState.Settled(var settlement, _) -> settlement.block();
      case PaymentState.RefundDue(var settlement, _) -> settlement.block();
      case PaymentState.Voided(_, var block, _) -> block;
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _,
          PaymentState.Refunded _ ->
          throw new IllegalStateException("not provisional: " + payment.id());
    };
  }
}
