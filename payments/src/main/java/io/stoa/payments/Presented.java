package io.stoa.payments;

import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import java.time.Duration;
import java.util.Optional;

/**
 * A payment as it came with a request.
 *
 * @param matched the option it was made for; empty when nothing that is on sale now admits it: then
 *     it can only be a copy of an earlier one
 */
public record Presented(SignedTransfer transfer, RequestDigest request, Optional<Match> matched) {

  /**
   * What it would buy.
   *
   * @param room how long the authorization must still be good for the work to be done and settled
   */
  public record Match(
      PaymentRequirements option, TokenDomain domain, Purchase purchase, Duration room) {}
}
