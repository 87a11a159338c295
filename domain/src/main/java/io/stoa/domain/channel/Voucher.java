package io.stoa.domain.channel;

import io.stoa.domain.Bytes;
import java.math.BigInteger;

/**
 * The payer's signed word that its channel may pay out this much in all. The highest one replaces
 * all others: it is the money, until it is claimed.
 *
 * @param ceiling of everything ever claimed from the channel, in the token's smallest unit: a
 *     uint128
 * @param signature 65 canonical bytes of the payer's authorizer, or whatever the payer's contract
 *     understands
 */
public record Voucher(ChannelId channel, BigInteger ceiling, Bytes signature) {
  public Voucher {
    if (ceiling.signum() < 0 || ceiling.bitLength() > 128) {
      throw new IllegalArgumentException("not a uint128: " + ceiling);
    }
  }
}
