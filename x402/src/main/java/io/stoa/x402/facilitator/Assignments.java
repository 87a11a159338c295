package io.stoa.x402.facilitator;

import io.stoa.domain.payment.PaymentKey;
import java.net.URI;
import java.time.Instant;

/**
 * Remembers which facilitator was given an authorization to settle. If a second one got it too, one
 * of them would pay gas for nothing, and both could claim to have settled it.
 */
public interface Assignments {

  /**
   * Who has {@code payment}: {@code facilitator}, unless another one was given it before. The
   * answer is durable before it is given, and the same for every server that shares these
   * assignments.
   *
   * @param until when it may be forgotten: nobody can settle the payment any more
   */
  URI assign(PaymentKey payment, URI facilitator, Instant until);
}
