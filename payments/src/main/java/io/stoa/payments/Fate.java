package io.stoa.payments;

import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.Settlement;
import java.math.BigInteger;

/** What the chain did with an authorization. */
sealed interface Fate {

  /** Its money arrived, in a transaction of whomever. */
  record Paid(Settlement settlement) implements Fate {}

  /** It can never pay: cancelled, used for something else, or run out. */
  record Spoiled(String reason, BlockRef decidedBy) implements Fate {}

  /**
   * It is unused and may still be submitted.
   *
   * @param headSeconds time of the head, Unix seconds
   */
  record Open(long headSeconds, BigInteger balance) implements Fate {}

  /** The node contradicts itself, as one that lags or lies does. */
  record Unclear() implements Fate {}
}
