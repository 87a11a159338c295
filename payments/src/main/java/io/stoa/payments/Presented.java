package io.stoa.payments;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.CallName;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Payments;
import java.time.Duration;
import java.util.Optional;

/**
 * A payment as it came with a request.
 *
 * @param approval that its payer sent along
 * @param name what its buyer calls it, if anything
 * @param matched the option it was made for; empty when nothing that is on sale now admits it: then
 *     it can only be a copy of an earlier one
 */
public record Presented(
    SignedPayment signed,
    Optional<Eip2612Approval> approval,
    RequestDigest request,
    Optional<Name> name,
    Optional<Match> matched) {

  /** Without a name. */
  public Presented(
      SignedPayment signed,
      Optional<Eip2612Approval> approval,
      RequestDigest request,
      Optional<Match> matched) {
    this(signed, approval, request, Optional.empty(), matched);
  }

  /**
   * A name, which stands for one payment for one request.
   *
   * @param binding the digest of all that was sent under it
   */
  public record Name(CallName call, Bytes32 binding) {}

  /**
   * What it would buy.
   *
   * @param domain of the token that is asked for
   * @param room how long the authorization must still be good for the work to be done and settled
   */
  public record Match(
      PaymentRequirements option, TokenDomain domain, Purchase purchase, Duration room) {}

  /** Reads what {@code payload} says, by whichever method it pays. Nothing is verified then. */
  public static Presented read(
      PaymentPayload payload, RequestDigest request, Optional<Match> matched)
      throws MalformedPayment {
    return Permit2Payments.isOne(payload)
        ? new Presented(
            Permit2Payments.read(payload), Eip2612Approval.read(payload), request, matched)
        : new Presented(ExactEip3009.read(payload), Optional.empty(), request, matched);
  }

  /** The same under a name. */
  public Presented named(Name given) {
    return new Presented(signed, approval, request, Optional.of(given), matched);
  }
}
