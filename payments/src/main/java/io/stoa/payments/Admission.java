package io.stoa.payments;

import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.Ticket;

/** What a presented payment opens. */
public sealed interface Admission {

  /** The provider may be asked now, once. */
  record Admitted(Ticket ticket, Payment payment) implements Admission {}

  /**
   * It is settled, and the provider may be asked now, once: an answer, or {@link Cashier#fail}, is
   * owed to its payer.
   */
  record Paid(Ticket ticket, Payment payment, Settlement settlement) implements Admission {}

  /** It was settled, and its provider gave nothing for it and owes the price back. */
  record RefundDue(Payment payment, Settlement settlement) implements Admission {}

  /** It was settled, and its provider paid the price back. */
  record Refunded(PaymentId id) implements Admission {}

  /** How a payment ended that was brought to the chain, as far as is known. */
  sealed interface Outcome extends Admission {}

  /** It was settled for this very request: here is the answer. */
  record Delivered(Payment payment, Settlement settlement, Answer answer) implements Outcome {}

  /** Its price turned out to be zero: here is the answer, and nothing is settled. */
  record DeliveredFree(Payment payment, Answer answer) implements Outcome {}

  /** Its payer must approve Permit2 for the token first. Nothing was charged for it. */
  record AllowanceRequired() implements Admission {}

  /** It does not hold, or not any more. Nothing was charged for it. */
  record Refused(String reason) implements Admission {}

  /** It was brought to the chain and can never pay. */
  record Voided(Payment payment, String reason) implements Outcome {}

  /** Its outcome is not known yet. */
  record Undecided(PaymentId id) implements Outcome {}

  /** It was used for another request. */
  record UsedElsewhere(PaymentId id) implements Admission {}

  /** Its name stands for another payment, or another request. */
  record NameTaken() implements Admission {}

  /** It was settled and answered, longer ago than answers are kept. */
  record Forgotten(PaymentId id) implements Admission {}
}
