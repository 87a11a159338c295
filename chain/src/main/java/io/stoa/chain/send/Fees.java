package io.stoa.chain.send;

import io.stoa.chain.rpc.GasPrice;
import java.math.BigInteger;
import java.util.Optional;

/** What a transaction offers for gas (EIP-1559), in wei per gas. */
record Fees(BigInteger tip, BigInteger maxFeePerGas) {
  private static final BigInteger HUNDRED = BigInteger.valueOf(100);

  /**
   * Room for the base fee to double, as far as the policy allows; empty if it does not allow the
   * present base fee.
   */
  static Optional<Fees> at(GasPrice price, SendPolicy policy) {
    var tip = price.tip().max(policy.minTip()).min(policy.maxTip());
    if (price.baseFee().add(tip).compareTo(policy.maxFeePerGas()) > 0) {
      return Optional.empty();
    }
    var max = price.baseFee().shiftLeft(1).add(tip).min(policy.maxFeePerGas());
    return Optional.of(new Fees(tip, max));
  }

  /**
   * What a replacement must offer: more than this by the policy's percentage, and enough for the
   * present price. Empty if the policy does not allow it: a tip may grow to four times what a first
   * one may be, so that a chain which stands still does not make what waits dearer and dearer.
   */
  Optional<Fees> bumped(GasPrice price, SendPolicy policy) {
    var now = at(price, policy);
    var next =
        new Fees(
            raised(tip, policy).max(now.map(Fees::tip).orElse(BigInteger.ZERO)),
            raised(maxFeePerGas, policy).max(now.map(Fees::maxFeePerGas).orElse(BigInteger.ZERO)));
    boolean isAllowed =
        now.isPresent()
            && next.maxFeePerGas.compareTo(policy.maxFeePerGas()) <= 0
            && next.tip.compareTo(policy.maxTip().shiftLeft(2)) <= 0;
    return isAllowed ? Optional.of(next) : Optional.empty();
  }

  /** Rounded up, and by one wei at least. */
  private static BigInteger raised(BigInteger fee, SendPolicy policy) {
    return fee.multiply(BigInteger.valueOf(100L + policy.bumpPercent()))
        .divide(HUNDRED)
        .add(BigInteger.ONE);
  }
}
