package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import java.time.Instant;
import java.util.Optional;

/**
 * One presented authorization, as the till remembers it.
 *
 * @param approval that must be tried along with {@code signed}, if its payer approved too little
 * @param charged what it comes to; of a metered payment empty until there is an answer
 * @param responseSha256 of the body of the stored answer, once there is one
 * @param attempts how often a provider was asked on its account
 * @param searchFrom no block below this one can hold its settlement
 */
public record Payment(
    SignedPayment signed,
    Optional<Approval> approval,
    Optional<TokenAmount> charged,
    Purchase purchase,
    RequestDigest request,
    Optional<Bytes32> responseSha256,
    PaymentState state,
    int attempts,
    long searchFrom,
    Instant presentedAt) {

  /** How often a provider may be asked for one payment before its payer has to sign a new one. */
  public static final int MAX_ATTEMPTS = 3;

  public PaymentId id() {
    return signed.key().id();
  }

  /** What it comes to. Fails before there is an answer to a metered payment. */
  public TokenAmount price() {
    return charged.orElseThrow(() -> new IllegalStateException("no price yet: " + id()));
  }

  /** The same in another state. */
  public Payment in(PaymentState next) {
    return new Payment(
        signed,
        approval,
        charged,
        purchase,
        request,
        responseSha256,
        next,
        attempts,
        searchFrom,
        presentedAt);
  }

  /**
   * The same with an answer: {@link PaymentState.Free} if it costs nothing, else to be settled.
   *
   * @param bodySha256 of the answer's body
   */
  public Payment answered(TokenAmount price, Bytes32 bodySha256) {
    return new Payment(
        signed,
        approval,
        Optional.of(price),
        purchase,
        request,
        Optional.of(bodySha256),
        price.units().signum() == 0 ? new PaymentState.Free() : new PaymentState.Settling(),
        attempts,
        searchFrom,
        presentedAt);
  }
}
