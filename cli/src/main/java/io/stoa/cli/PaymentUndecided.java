package io.stoa.cli;

import io.stoa.domain.payment.PaymentId;

/** A payment was sent, and what became of it is not known: it must be asked for, not paid anew. */
public final class PaymentUndecided extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PaymentUndecided(PaymentId payment) {
    super(
        "The payment is not decided yet: look at /v1/payments/%s before buying again."
            .formatted(payment));
  }
}
