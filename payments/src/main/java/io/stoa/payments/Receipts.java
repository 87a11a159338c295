package io.stoa.payments;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.Settlement;
import io.stoa.x402.receipt.AttestedReceipt;
import io.stoa.x402.receipt.DeliveryReceipt;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Writes receipts for settled payments, and for no others (docs/receipts.md). */
public final class Receipts {
  private final SigningKey attester;
  private final Clock clock;

  public Receipts(SigningKey attester, Clock clock) {
    this.attester = attester;
    this.clock = clock;
  }

  String issue(Payment payment, Settlement settlement) {
    var transfer = payment.transfer();
    var receipt =
        new DeliveryReceipt(
            payment.id(),
            payment.purchase(),
            payment.request(),
            response(payment),
            transfer.amount(),
            transfer.payer(),
            transfer.payTo(),
            settlement.transaction(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS));
    return AttestedReceipt.by(attester, receipt).json().toString();
  }

  private static Bytes32 response(Payment payment) {
    return payment
        .responseSha256()
        .orElseThrow(() -> new IllegalStateException("settled without an answer: " + payment.id()));
  }
}
