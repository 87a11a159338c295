package io.stoa.x402.batch;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Which ceiling a voucher must have, given where its channel stands (x402 §14, rule 49). Whether
 * the channel is free for the call at all is for whoever keeps its reservations.
 */
public enum CeilingRule {
  /** One call at a time: exactly what was charged, and the most that this call may cost. */
  LITERAL {
    @Override
    boolean admits(BigInteger ceiling, BigInteger amount, ChannelNumbers numbers) {
      return ceiling.equals(numbers.charged().add(amount));
    }
  },

  /** Calls side by side, under a ceiling with room for all of them: it never goes down. */
  HEADROOM {
    @Override
    boolean admits(BigInteger ceiling, BigInteger amount, ChannelNumbers numbers) {
      var needed = numbers.charged().add(numbers.reserved()).add(amount);
      return ceiling.compareTo(needed.max(numbers.storedCeiling())) >= 0;
    }
  };

  abstract boolean admits(BigInteger ceiling, BigInteger amount, ChannelNumbers numbers);

  /**
   * Why a voucher with this ceiling does not pay for a call; empty when it does.
   *
   * @param amount the most that the call may cost
   * @param numbers as they will be after the deposit, if one comes along
   */
  public Optional<String> objection(BigInteger ceiling, BigInteger amount, ChannelNumbers numbers) {
    if (!admits(ceiling, amount, numbers)) {
      return Optional.of(BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    }
    if (ceiling.compareTo(numbers.balance()) > 0) {
      return Optional.of(BatchReason.CUMULATIVE_EXCEEDS_BALANCE);
    }
    if (ceiling.compareTo(numbers.claimed()) <= 0) {
      return Optional.of(BatchReason.CUMULATIVE_BELOW_CLAIMED);
    }
    return Optional.empty();
  }

  /** Why a voucher with this ceiling, which pays for nothing, does not bring money back. */
  public static Optional<String> refundObjection(BigInteger ceiling, ChannelNumbers numbers) {
    if (!ceiling.equals(numbers.charged())) {
      return Optional.of(BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    }
    if (ceiling.compareTo(numbers.balance()) > 0) {
      return Optional.of(BatchReason.CUMULATIVE_EXCEEDS_BALANCE);
    }
    if (ceiling.compareTo(numbers.claimed()) < 0) {
      return Optional.of(BatchReason.CUMULATIVE_BELOW_CLAIMED);
    }
    if (ceiling.equals(numbers.balance())) {
      return Optional.of(BatchReason.REFUND_NO_BALANCE);
    }
    return Optional.empty();
  }
}
