package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;
import java.time.Instant;
import java.util.Optional;

/**
 * One presented authorization, as the till remembers it.
 *
 * @param responseSha256 of the body of the stored answer, once there is one
 * @param attempts how often a provider was asked on its account
 * @param searchFrom no block below this one can hold its settlement
 */
public record Payment(
    SignedTransfer transfer,
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
    return transfer.key().id();
  }
}
