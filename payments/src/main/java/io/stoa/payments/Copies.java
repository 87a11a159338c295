package io.stoa.payments;

import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.Till;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Semaphore;

/** Waits for what an earlier presentation of the same authorization comes to. */
final class Copies {
  private static final int MOST_WAITING = 1_000;

  private final Till till;
  private final Outcomes outcomes;
  private final Clock clock;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /** What there is. */
  sealed interface Earlier {
    /** None, or none any more: the authorization may be claimed. */
    record None() implements Earlier {}

    /** Its nonce came with another authorization. */
    record Another() implements Earlier {}

    /**
     * It was settled, whether or not it was answered; or it was given away, or is void for good.
     */
    record Ended(Payment payment) implements Earlier {}

    /** Its end is not known yet. */
    record Undecided() implements Earlier {}
  }

  Copies(Till till, Outcomes outcomes, Clock clock) {
    this.till = till;
    this.outcomes = outcomes;
    this.clock = clock;
  }

  /** Waits while it is in progress, until {@code deadline}. */
  Earlier follow(SignedPayment signed, Instant deadline) {
    var id = signed.key().id();
    while (true) {
      var known = till.find(id);
      boolean isFree = known.isEmpty() || known.get().state() instanceof PaymentState.Released;
      if (!isFree && !known.get().signed().equals(signed)) {
        return new Earlier.Another();
      }
      if (!isFree && hasEnded(known.get())) {
        return new Earlier.Ended(known.get());
      }
      if (!await(id, deadline)) {
        return new Earlier.Undecided();
      }
      if (isFree) {
        return new Earlier.None();
      }
    }
  }

  /** Whether there was time and room to wait until something may have changed. */
  boolean await(PaymentId id, Instant deadline) {
    if (clock.instant().isAfter(deadline) || !waiting.tryAcquire()) {
      return false;
    }
    try {
      outcomes.await(id);
    } finally {
      waiting.release();
    }
    return true;
  }

  private static boolean hasEnded(Payment payment) {
    return switch (payment.state()) {
      case PaymentState.Free _,
          PaymentState.Settled _,
          PaymentState.RefundDue _,
          PaymentState.Refunded _ ->
          true;
      // A reorganisation may still let it pay: to ask for another payment now could take two.
      case PaymentState.Voided(_, _, var isFinal) -> isFinal;
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Settling _,
          PaymentState.Unknown _ ->
          false;
    };
  }
}
