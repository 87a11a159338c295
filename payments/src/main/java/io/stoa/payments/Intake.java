package io.stoa.payments;

import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import io.stoa.x402.permit2.Eip2612Approval;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Takes payments in: verifies, then claims. */
final class Intake {
  private final Till till;
  private final Verifier verifier;
  private final Duration lease;
  private final long reorgDepth;
  private final Clock clock;

  /** What became of a payment. */
  sealed interface Result {
    /** It is its holder's turn. */
    record Claimed(Ticket ticket, Payment payment) implements Result {}

    /** It does not hold now; it may still be a copy of one that did. */
    record Refused(String reason) implements Result {}

    /** The same, because its payer must approve Permit2 first. */
    record Unapproved() implements Result {}

    /** It is known already, or its payer's balance must be read again. */
    record Again() implements Result {}
  }

  /**
   * @param lease what the holder of a claim has before others may release it
   * @param reorgDepth blocks below the head that may still be replaced
   */
  Intake(Till till, Verifier verifier, Duration lease, long reorgDepth, Clock clock) {
    this.till = till;
    this.verifier = verifier;
    this.lease = lease;
    this.reorgDepth = reorgDepth;
    this.clock = clock;
  }

  Result take(
      SignedPayment signed, Optional<Eip2612Approval> approval, Asked asked, Occasion occasion) {
    return switch (verifier.verify(signed, approval, asked)) {
      case Verifier.Verdict.Bad(var reason) -> new Result.Refused(reason);
      case Verifier.Verdict.Unapproved _ -> new Result.Unapproved();
      case Verifier.Verdict.Good(var funds, var tried) ->
          claim(
              new Claim(
                  signed, tried, occasion, funds, Math.max(0, funds.block() - reorgDepth), lease));
    };
  }

  private Result claim(Claim claim) {
    return switch (till.claim(claim)) {
      case Claim.Outcome.Claimed(var ticket) -> new Result.Claimed(ticket, claimed(claim));
      case Claim.Outcome.Deposited _ -> new Result.Refused(Verifier.nonceUsed(claim.signed()));
      case Claim.Outcome.Exhausted _ -> new Result.Refused("payment_attempts_exhausted");
      case Claim.Outcome.Overdrawn _ ->
          new Result.Refused(Verifier.insufficientBalance(claim.signed()));
      case Claim.Outcome.Unapproved _ -> new Result.Unapproved();
      case Claim.Outcome.Taken _, Claim.Outcome.StaleBalance _ -> new Result.Again();
    };
  }

  private Payment claimed(Claim claim) {
    return new Payment(
        claim.signed(),
        claim.approval(),
        claim.signed().fixedPrice(),
        claim.occasion(),
        new PaymentState.Verified(),
        1,
        claim.searchFrom(),
        clock.instant());
  }
}
