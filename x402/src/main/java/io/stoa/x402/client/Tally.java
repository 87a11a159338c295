package io.stoa.x402.client;

import java.math.BigInteger;
import java.util.Optional;

/**
 * A payer's own count of what its calls cost, against which it holds the server's. Calls may run
 * side by side and their replies may overtake each other, so the two counts need to agree only when
 * no reply is awaited; a server can never be ahead by more than the payer agreed to.
 *
 * @param charged by all replies so far
 * @param reported the highest total that the server told
 * @param open the most that the calls may cost whose replies are awaited
 * @param lost the most that the calls may have cost whose replies never came
 */
record Tally(BigInteger charged, BigInteger reported, BigInteger open, BigInteger lost) {

  /** Of a channel from which {@code claimed} was claimed, and perhaps more was charged. */
  static Tally from(BigInteger claimed, BigInteger perhaps) {
    return new Tally(claimed, claimed, BigInteger.ZERO, perhaps);
  }

  boolean isIdle() {
    return open.signum() == 0;
  }

  /** The least ceiling that pays for one more call. */
  BigInteger ceiling(BigInteger amount) {
    return charged.add(open).add(amount);
  }

  Tally opened(BigInteger amount) {
    return new Tally(charged, reported, open.add(amount), lost);
  }

  /** A call for which nothing was charged. */
  Tally released(BigInteger amount) {
    return new Tally(charged, reported, open.subtract(amount), lost);
  }

  /** A call of which nobody knows what was charged for it. */
  Tally lost(BigInteger amount) {
    return new Tally(charged, reported, open.subtract(amount), lost.add(amount));
  }

  /** A call under the literal rule could not be served if calls before it had been charged. */
  Tally certain() {
    return new Tally(charged, reported, open, BigInteger.ZERO);
  }

  /**
   * A call was charged; empty when the server counts wrongly.
   *
   * @param amount the most that it might have cost
   * @param price what it cost, as the server says
   * @param total of all calls, as the server says
   */
  Optional<Tally> charged(BigInteger amount, BigInteger price, BigInteger total) {
    var sum = charged.add(price);
    var others = open.subtract(amount);
    if (price.compareTo(amount) > 0 || total.compareTo(sum.add(others).add(lost)) > 0) {
      return Optional.empty();
    }
    var highest = reported.max(total);
    if (others.signum() > 0) {
      return Optional.of(new Tally(sum, highest, others, lost));
    }
    var unexplained = highest.subtract(sum);
    return unexplained.signum() < 0 || unexplained.compareTo(lost) > 0
        ? Optional.empty()
        : Optional.of(new Tally(highest, highest, BigInteger.ZERO, lost.subtract(unexplained)));
  }

  /**
   * The server refused a call because it counted otherwise; empty when the payer cannot agree, or
   * not before the replies to its other calls are here.
   *
   * @param amount the most that the refused call might have cost
   * @param total of all calls, as the server says
   * @param agreed the ceiling of the payer's voucher that the server showed, if it did
   */
  Optional<Tally> corrected(BigInteger amount, BigInteger total, Optional<BigInteger> agreed) {
    if (open.compareTo(amount) != 0
        || total.compareTo(charged.add(lost)) > 0
        || total.compareTo(agreed.orElse(charged)) > 0) {
      return Optional.empty();
    }
    var rest = lost.subtract(total.subtract(charged).max(BigInteger.ZERO));
    return Optional.of(
        new Tally(
            total,
            total,
            BigInteger.ZERO,
            agreed.map(ceiling -> ceiling.subtract(total).min(rest)).orElse(rest)));
  }
}
