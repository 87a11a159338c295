package io.stoa.x402.batch;

import java.math.BigInteger;

/**
 * Where a channel stands, in the token's smallest unit.
 *
 * @param charged for all calls so far
 * @param reserved the most that the calls in progress may add
 * @param storedCeiling of the highest voucher that was taken; zero before the first
 * @param balance what the channel holds, claims included, as the chain showed it last
 * @param claimed what was claimed in all, as the chain showed it last
 */
public record ChannelNumbers(
    BigInteger charged,
    BigInteger reserved,
    BigInteger storedCeiling,
    BigInteger balance,
    BigInteger claimed) {

  /** As it will stand once {@code amount} has arrived. */
  public ChannelNumbers withDeposit(BigInteger amount) {
    return new ChannelNumbers(charged, reserved, storedCeiling, balance.add(amount), claimed);
  }
}
