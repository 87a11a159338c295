package io.stoa.domain.channel;

import io.stoa.domain.BlockRef;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A channel as the chain shows it at one block; all zero when it does not exist.
 *
 * @param balance what was deposited and not refunded or withdrawn, claims included
 * @param claimed what the receiver has claimed in all
 * @param withdrawal what the payer gave notice of taking out
 * @param refundNonce number of refunds so far: a signed refund is good for one
 */
public record ChannelOnChain(
    BigInteger balance,
    BigInteger claimed,
    Optional<Withdrawal> withdrawal,
    BigInteger refundNonce,
    BlockRef at) {

  /**
   * @param initiatedAt since when; it can be finished one withdraw delay later
   */
  public record Withdrawal(BigInteger amount, Instant initiatedAt) {}
}
