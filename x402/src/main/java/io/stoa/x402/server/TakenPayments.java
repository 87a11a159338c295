package io.stoa.x402.server;

import io.stoa.domain.payment.PaymentKey;
import java.time.Instant;

/**
 * Remembers which authorizations are in use or used up, so that no copy of one is served again. A
 * service of several processes needs one that they share and that outlives them.
 */
public interface TakenPayments {

  /**
   * Takes {@code payment}, unless it is taken: of any number of callers at once, one is told true.
   *
   * @param until when it may be forgotten
   */
  boolean take(PaymentKey payment, Instant until);

  /** Gives it back: it was not served, and will not be charged. */
  void giveBack(PaymentKey payment);
}
