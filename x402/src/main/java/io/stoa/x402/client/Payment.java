package io.stoa.x402.client;

import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.SignedTransfer;

/**
 * A signed payment, ready to be sent.
 *
 * @param header the value of {@code PAYMENT-SIGNATURE}
 */
public record Payment(SignedTransfer transfer, String header) {
  /** The name under which every node that sees this payment knows it. */
  public PaymentId id() {
    return transfer.key().id();
  }
}
