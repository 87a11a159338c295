package io.stoa.x402.client;

import io.stoa.domain.TokenAmount;
import java.math.BigInteger;

/**
 * How far a payer goes with a channel.
 *
 * @param perCall the most that one call may cost, in the one asset that is paid in
 * @param perDeposit the most that is put in at once, in the same asset's smallest unit
 * @param headroom how much more than the calls at hand is signed for, where the server offers to
 *     let calls run side by side: what a server could take without serving. Zero to sign for each
 *     call by itself
 */
public record ChannelLimits(TokenAmount perCall, BigInteger perDeposit, BigInteger headroom) {
  public ChannelLimits {
    if (perDeposit.compareTo(perCall.units()) < 0) {
      throw new IllegalArgumentException("a deposit that does not cover a call: " + perDeposit);
    }
    if (headroom.signum() < 0) {
      throw new IllegalArgumentException("not an amount: " + headroom);
    }
  }
}
