package io.stoa.chain.channel;

import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.Voucher;
import java.math.BigInteger;

/**
 * What the receiver takes under a voucher.
 *
 * @param totalClaimed of the channel in all, this claim included: at most the voucher's ceiling.
 *     One that is no more than what was claimed already changes nothing
 */
public record VoucherClaim(ChannelConfig config, Voucher voucher, BigInteger totalClaimed) {
  public VoucherClaim {
    if (totalClaimed.compareTo(voucher.ceiling()) > 0) {
      throw new IllegalArgumentException(
          "more than was signed: %s of %s".formatted(totalClaimed, voucher.ceiling()));
    }
  }
}
