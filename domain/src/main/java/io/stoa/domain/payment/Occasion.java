package io.stoa.domain.payment;

import java.util.Optional;

/** What a payment is brought to the till for. */
public sealed interface Occasion {

  /**
   * A call of a listing, that is answered here.
   *
   * @param delivery the stored answer, once there is one
   */
  record Call(Purchase purchase, RequestDigest request, Optional<Delivery> delivery)
      implements Occasion {

    /** Before there is an answer. */
    public Call(Purchase purchase, RequestDigest request) {
      this(purchase, request, Optional.empty());
    }
  }

  /** Somebody else's server asks to have it settled, and answers for what it is for. */
  record Errand() implements Occasion {}
}
