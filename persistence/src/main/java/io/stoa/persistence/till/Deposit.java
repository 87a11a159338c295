package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.domain.payment.Settlement;
import java.math.BigInteger;
import java.time.Instant;

/**
 * Money that a payer lets the node put into a channel, once.
 *
 * @param key what the chain lets happen once
 * @param amount in the token's smallest unit: a uint128 above zero
 * @param deadline Unix seconds: no block of this time or later can hold it
 * @param searchFrom no block below this one can hold it
 */
public record Deposit(
    PaymentKey key,
    ChannelId channel,
    ChannelConfig config,
    BigInteger amount,
    BigInteger deadline,
    long searchFrom) {

  public PaymentId id() {
    return key.id();
  }

  /** Whether {@code other} is the same money for the same channel, presented again. */
  public boolean isCopyOf(Deposit other) {
    return key.equals(other.key)
        && channel.equals(other.channel)
        && amount.equals(other.amount)
        && deadline.equals(other.deadline);
  }

  public boolean isDeadAt(long blockSeconds) {
    return deadline.compareTo(BigInteger.valueOf(blockSeconds)) <= 0;
  }

  /** Where it stands, as the till remembers it. */
  public sealed interface State {
    /** It may or may not be on the chain; decided at the latest once a final block is that old. */
    record Open() implements State {}

    /** It is in the channel. Until {@code isFinal} a reorganisation can still take it back. */
    record Mined(Settlement settlement, boolean isFinal) implements State {}

    /** It can never be in the channel. */
    record Voided(String reason, BlockRef at) implements State {}
  }

  /** One that the till knows. */
  public record Known(Deposit deposit, State state, Instant presentedAt) {}

  /** What became of a claim. */
  public enum Outcome {
    /** The caller may send it, once. */
    CLAIMED,
    /** It was claimed before. */
    TAKEN,
    /** The same nonce was claimed for a payment. */
    USED,
    /** The balance is older than the payer's last decided payment: read it again. */
    STALE,
    /** The balance does not cover this and everything of this payer that is still undecided. */
    OVERDRAWN
  }
}
