package io.stoa.market.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.chain.keys.KeyRing;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.receipt.AttestedReceipt;
import io.stoa.x402.receipt.DeliveryReceipt;
import jakarta.inject.Singleton;

/**
 * Signs receipts when somebody asks for them: most are never asked for, and what they say was
 * written down with the charge. The same receipt gets the same signature every time.
 */
@Singleton
final class Attester {
  private final KeyRing keys;

  Attester(KeyRing keys) {
    this.keys = keys;
  }

  /**
   * The document as its owner gets it.
   *
   * @param receipt as the till keeps it
   */
  String sign(String receipt) {
    try {
      return AttestedReceipt.by(keys.attester(), DeliveryReceipt.read(receipt.getBytes(UTF_8)))
          .json()
          .toString();
    } catch (MalformedPayment damaged) {
      throw new IllegalStateException("a receipt that cannot be read", damaged);
    }
  }
}
