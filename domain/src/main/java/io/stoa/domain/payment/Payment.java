package io.stoa.domain.payment;

import io.stoa.domain.TokenAmount;
import java.time.Instant;
import java.util.Optional;

/**
 * One presented authorization, as the till remembers it.
 *
 * @param approval that must be tried along with {@code signed}, if its payer approved too little
 * @param charged what it comes to; of a metered payment empty until there is an answer
 * @param attempts how often a provider was asked on its account
 * @param searchFrom no block below this one can hold its settlement
 */
public record Payment(
    SignedPayment signed,
    Optional<Approval> approval,
    Optional<TokenAmount> charged,
    Occasion occasion,
    PaymentState state,
    int attempts,
    long searchFrom,
    Instant presentedAt) {

  /** How often a provider may be asked for one payment before its payer has to sign a new one. */
  public static final int MAX_ATTEMPTS = 3;

  public PaymentId id() {
    return signed.key().id();
  }

  /** Whether the money arrived for a call that is still to be answered. */
  public boolean isOwed() {
    return state instanceof PaymentState.Settled
        && occasion instanceof Occasion.Call(_, _, var delivery)
        && delivery.isEmpty();
  }

  /** What it comes to. Fails before there is an answer to a metered payment. */
  public TokenAmount price() {
    return charged.orElseThrow(() -> new IllegalStateException("no price yet: " + id()));
  }

  /** The same in another state. */
  public Payment in(PaymentState next) {
    return new Payment(
        signed, approval, charged, occasion, next, attempts, searchFrom, presentedAt);
  }

  /** The same with its price: {@link PaymentState.Free} if that is zero, else to be settled. */
  public Payment at(TokenAmount price) {
    return new Payment(
        signed,
        approval,
        Optional.of(price),
        occasion,
        price.units().signum() == 0 ? new PaymentState.Free() : new PaymentState.Settling(),
        attempts,
        searchFrom,
        presentedAt);
  }

  /** The same call with its answer. */
  public Payment answered(Delivery delivery) {
    return switch (occasion) {
      case Occasion.Call(var purchase, var request, _) ->
          new Payment(
              signed,
              approval,
              charged,
              new Occasion.Call(purchase, request, Optional.of(delivery)),
              state,
              attempts,
              searchFrom,
              presentedAt);
      case Occasion.Errand _ -> throw new IllegalStateException("not ours to answer: " + id());
    };
  }
}
