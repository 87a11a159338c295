package io.stoa.persistence.till;

import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.SignedPayment;
import java.time.Duration;
import java.util.Optional;

/**
 * A verified authorization that asks to be served, or only settled.
 *
 * @param approval that must be tried along
 * @param funds as they will be once {@code approval} was tried
 * @param searchFrom no block below this one can hold its settlement
 * @param lease how long the holder may take before others may release it
 */
public record Claim(
    SignedPayment signed,
    Optional<Approval> approval,
    Occasion occasion,
    Funds funds,
    long searchFrom,
    Duration lease) {

  /** What became of a claim. */
  public sealed interface Outcome {
    /** The provider may be asked, once, by the holder of this ticket. */
    record Claimed(Ticket ticket) implements Outcome {}

    /** Another claim of the same authorization is in progress, or decided. */
    record Taken() implements Outcome {}

    /** Its nonce was given to a deposit into a channel. */
    record Deposited() implements Outcome {}

    /** Providers were asked as often as one payment allows. */
    record Exhausted() implements Outcome {}

    /** The balance is older than the payer's last decided payment: read it again. */
    record StaleBalance() implements Outcome {}

    /** The balance does not cover this and everything of this payer that is still undecided. */
    record Overdrawn() implements Outcome {}

    /** The allowance does not cover this and what Permit2 would move of the same. */
    record Unapproved() implements Outcome {}
  }
}
