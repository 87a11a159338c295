package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Where a channel stands: what its payer is told when it counted otherwise.
 *
 * @param charged for all calls so far; at least what the chain says was claimed before the till
 *     knew the channel
 * @param reserved the most that the calls in progress may add
 * @param voucher the highest one that a call was charged to; none before the first charge
 * @param onChain as it was last read
 */
public record Standing(
    BigInteger charged, BigInteger reserved, Optional<Voucher> voucher, ChannelOnChain onChain) {

  /** The same while a call in progress may add so much. */
  Standing reserving(BigInteger amount) {
    return new Standing(charged, reserved.add(amount), voucher, onChain);
  }

  /** What a claim could bring now: charged, held by the channel, and not claimed. */
  public BigInteger claimable() {
    return charged.min(onChain.balance()).subtract(onChain.claimed()).max(BigInteger.ZERO);
  }
}
