package io.stoa.payments;

import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.Till;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Brings a payment whose answer is stored to its end: the only code that submits authorizations and
 * the only code that decides SETTLED or VOID. Whatever our own transaction did, the evidence on the
 * chain decides.
 */
final class Settler {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Till till;
  private final Submitter submitter;
  private final SendLog sends;
  private final Evidence evidence;
  private final Receipts receipts;
  private final Outcomes outcomes;
  private final Clock clock;

  Settler(
      Till till,
      Submitter submitter,
      SendLog sends,
      Evidence evidence,
      Receipts receipts,
      Outcomes outcomes,
      Clock clock) {
    this.till = till;
    this.submitter = submitter;
    this.sends = sends;
    this.evidence = evidence;
    this.receipts = receipts;
    this.outcomes = outcomes;
    this.clock = clock;
  }

  /** Submits {@code payment} and waits for its end, until {@code deadline}. */
  PaymentState submit(Payment payment, Instant deadline) {
    return submitter
        .submit(payment, Duration.between(clock.instant(), deadline))
        .filter(mined -> Evidence.proves(mined.receipt(), mined.request(), payment))
        .map(Submitter.Mined::settlement)
        .map(settlement -> settled(payment, settlement))
        .orElseGet(() -> examine(payment));
  }

  /** Carries on where somebody stopped: looks first, submits only what is still open. */
  PaymentState resume(Payment payment, Instant deadline) {
    return switch (evidence.of(payment)) {
      case Fate.Open open when isWorthSubmitting(payment, open) -> submit(payment, deadline);
      case Fate fate -> decide(payment, fate);
    };
  }

  /** Looks what became of it, and submits nothing. */
  PaymentState examine(Payment payment) {
    return decide(payment, evidence.of(payment));
  }

  private PaymentState decide(Payment payment, Fate fate) {
    return switch (fate) {
      case Fate.Paid(var settlement) -> settled(payment, settlement);
      case Fate.Spoiled(var reason, var decidedBy) -> voided(payment, reason, decidedBy);
      case Fate.Open _, Fate.Unclear _ -> {
        till.putOff(payment, pause(payment));
        yield current(payment);
      }
    };
  }

  private boolean isWorthSubmitting(Payment payment, Fate.Open open) {
    var signed = payment.signed();
    return open.balance().compareTo(payment.price().units()) >= 0
        && !signed.isDeadAt(open.headSeconds() + 1)
        && !signed.isDeadAt(clock.instant().getEpochSecond() + 1)
        && !wasSent(payment);
  }

  /**
   * Whether a transaction is under way, or failed although it had been tried: a payer's contract
   * may tell trials from transactions, and would have the node pay for one failure after the other.
   */
  private boolean wasSent(Payment payment) {
    return sends
        .findByPurpose(payment.id().toString())
        .filter(
            sent ->
                sent.outcome()
                    .map(end -> end instanceof Outcome.Mined(_, _, var succeeded) && !succeeded)
                    .orElse(true))
        .isPresent();
  }

  private PaymentState settled(Payment payment, Settlement settlement) {
    boolean isSettled = till.settle(payment, settlement, receipts.issue(payment, settlement));
    outcomes.announce(payment.id());
    return isSettled ? new PaymentState.Settled(settlement, false) : current(payment);
  }

  private PaymentState voided(Payment payment, String reason, BlockRef decidedBy) {
    till.voidFor(payment, reason, decidedBy);
    outcomes.announce(payment.id());
    return current(payment);
  }

  /** Another instance may have decided first: what the till says counts. */
  private PaymentState current(Payment payment) {
    return till.find(payment.id()).orElseThrow().state();
  }

  /** A quarter of its age: soon at first, once a minute in the end. */
  private Duration pause(Payment payment) {
    var quarter = Duration.between(payment.presentedAt(), clock.instant()).dividedBy(4);
    if (quarter.compareTo(SHORTEST_PAUSE) < 0) {
      return SHORTEST_PAUSE;
    }
    return quarter.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : quarter;
  }
}
