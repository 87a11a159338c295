package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;
import java.util.Optional;

/** What a payment is brought to the till for. */
public sealed interface Occasion {

  /**
   * A call of a listing, that is answered here.
   *
   * @param responseSha256 of the body of the stored answer, once there is one
   */
  record Call(Purchase purchase, RequestDigest request, Optional<Bytes32> responseSha256)
      implements Occasion {

    /** Before there is an answer. */
    public Call(Purchase purchase, RequestDigest request) {
      this(purchase, request, Optional.empty());
    }
  }

  /** Somebody else's server asks to have it settled, and answers for what it is for. */
  record Errand() implements Occasion {}
}
