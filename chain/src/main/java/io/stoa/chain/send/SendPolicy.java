package io.stoa.chain.send;

import java.math.BigInteger;
import java.time.Duration;

/**
 * What may be paid for gas, and how patient to be.
 *
 * @param maxFeePerGas wei; above it nothing is sent and nothing is bumped
 * @param minTip wei per gas; the node's suggestion counts if it is higher
 * @param maxTip wei per gas, whatever the node suggests
 * @param gasMarginPercent added to the node's estimate
 * @param recheckAfter how long to wait for a receipt before asking whether the node has the
 *     transaction at all; if not, it is broadcast again
 * @param bumpAfter how long a transaction may wait at the node before it is replaced by one that
 *     pays more
 * @param bumpPercent by how much more; nodes demand 10 to 12.5
 */
public record SendPolicy(
    BigInteger maxFeePerGas,
    BigInteger minTip,
    BigInteger maxTip,
    int gasMarginPercent,
    Duration recheckAfter,
    Duration bumpAfter,
    int bumpPercent) {

  private static final BigInteger GWEI = BigInteger.TEN.pow(9);

  public SendPolicy {
    if (minTip.signum() < 0
        || maxTip.compareTo(minTip) < 0
        || maxFeePerGas.compareTo(maxTip) < 0
        || gasMarginPercent < 0
        || bumpPercent < 13) {
      throw new IllegalArgumentException("fees out of order, or a bump that nodes refuse");
    }
  }

  /** At most 500 gwei, a tip of 0.001 to 5 gwei; bumps by 20 % every 15 seconds. */
  public static SendPolicy standard() {
    return new SendPolicy(
        GWEI.multiply(BigInteger.valueOf(500)),
        BigInteger.TEN.pow(6),
        GWEI.multiply(BigInteger.valueOf(5)),
        20,
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        20);
  }

  public SendPolicy withMaxFeePerGas(BigInteger wei) {
    return new SendPolicy(
        wei,
        minTip.min(wei),
        maxTip.min(wei),
        gasMarginPercent,
        recheckAfter,
        bumpAfter,
        bumpPercent);
  }

  public SendPolicy withPatience(Duration recheckAfter, Duration bumpAfter) {
    return new SendPolicy(
        maxFeePerGas, minTip, maxTip, gasMarginPercent, recheckAfter, bumpAfter, bumpPercent);
  }
}
