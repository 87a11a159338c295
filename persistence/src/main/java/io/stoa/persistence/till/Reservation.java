package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * A voucher that was checked against its channel's configuration, and the call that it is to pay.
 *
 * @param amount the most the call may cost; zero for a refund, which keeps the channel to itself
 *     while the chain is at work
 * @param mirrorAge how old the last reading of the channel may be
 * @param lease how long the holder may take before others may end it
 * @param binding the digest of what makes it this call and no other; empty for what is never
 *     answered again
 */
public record Reservation(
    Voucher voucher,
    BigInteger amount,
    Mode mode,
    Purchase purchase,
    RequestDigest request,
    Duration mirrorAge,
    Duration lease,
    Optional<Bytes32> binding)
    implements CallStep {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  public Reservation {
    if (amount.signum() < 0) {
      throw new IllegalArgumentException("not an amount: " + amount);
    }
  }

  /** Of what is never answered again. */
  public Reservation(
      Voucher voucher,
      BigInteger amount,
      Mode mode,
      Purchase purchase,
      RequestDigest request,
      Duration mirrorAge,
      Duration lease) {
    this(voucher, amount, mode, purchase, request, mirrorAge, lease, Optional.empty());
  }

  /** The same of a call that was begun while the reading of its channel was young enough. */
  Reservation onAnyReading() {
    return new Reservation(voucher, amount, mode, purchase, request, FOR_EVER, lease, binding);
  }

  /** Which other calls the channel may pay meanwhile. */
  public sealed interface Mode {
    Optional<CallId> call();

    /** None; the ceiling is exactly what was charged so far and this call (x402 7.4). */
    record Serial(Optional<CallId> call) implements Mode {}

    /**
     * As many as the ceiling covers (extension {@code channel-headroom}). One voucher may come with
     * many calls, so each has a name.
     */
    record Headroom(CallId id) implements Mode {
      @Override
      public Optional<CallId> call() {
        return Optional.of(id);
      }
    }
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** The call may be served, once, by the holder. */
    record Held(Hold hold) implements Outcome {}

    /** The channel is unknown, or was read too long ago: read it, sync it, ask again. */
    record NeedsSync() implements Outcome {}

    /**
     * The payer gave notice of a withdrawal: whatever is charged now may be gone before a claim.
     */
    record Withdrawing(Standing standing) implements Outcome {}

    /** Another call has the channel to itself, or this one asks for that while others are open. */
    record Busy(Standing standing) implements Outcome {}

    /** The ceiling is not the one that the standing asks for. */
    record Mismatch(Standing standing) implements Outcome {}

    /** The channel's balance does not cover the ceiling. */
    record Overdrawn(Standing standing) implements Outcome {}

    /**
     * A call of this name is in progress or was charged on this channel: see {@link
     * ChannelTill#call}.
     */
    record Repeated(Hold earlier) implements Outcome {}
  }
}
