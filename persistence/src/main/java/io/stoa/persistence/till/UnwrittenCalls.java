package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.Hold.Unwritten;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are in progress and not written down, one on a channel: while no other instance serves
 * calls, the last charge to a channel tells all that must be known to begin the next. What is kept
 * here saves work and is never trusted with money: the till judges every charge by what it has
 * written itself.
 */
final class UnwrittenCalls {
  /** Channels that are remembered; the one that was asked for the longest ago goes first. */
  private static final int MOST = 10_000;

  private static final Reservation.Mode NAMELESS = new Reservation.Mode.Serial(Optional.empty());

  private final BooleanSupplier isAlone;
  private final Clock clock;

  private final Map<ChannelId, Seat> seats =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ChannelId, Seat> eldest) {
          return size() > MOST;
        }
      };

  /** How a charge left a channel on which no call is open. */
  record Known(Standing standing, long fence, Instant syncedAt) {

    private boolean pays(Reservation call, Instant now) {
      var ceiling = call.voucher().ceiling();
      return ceiling.equals(standing.charged().add(call.amount()))
          && ceiling.compareTo(standing.onChain().balance()) <= 0
          && standing.onChain().withdrawal().isEmpty()
          && now.isBefore(syncedAt.plus(call.mirrorAge()));
    }
  }

  /** What is known of one channel. */
  private static final class Seat {
    @Nullable Known known;
    @Nullable Hold taken;

    /** The highest fence of a call that was written down. */
    long fence;

    /** How many reservations the till is being asked for: meanwhile nothing is certain. */
    int asking;
  }

  /**
   * @param isAlone whether no other instance is known to serve calls
   */
  UnwrittenCalls(BooleanSupplier isAlone, Clock clock) {
    this.isAlone = isAlone;
    this.clock = clock;
  }

  /** What the till would say to {@code call}; empty when it must be asked. */
  synchronized Optional<Reservation.Outcome> begin(Reservation call) {
    var channel = call.voucher().channel();
    var busy = busy(channel);
    if (busy.isPresent()) {
      return busy;
    }
    var seat = seats.get(channel);
    var now = clock.instant();
    if (seat == null
        || seat.known == null
        || seat.asking > 0
        || !call.mode().equals(NAMELESS)
        || !seat.known.pays(call, now)
        || !isAlone.getAsBoolean()) {
      return Optional.empty();
    }
    var hold = new Hold(channel, seat.known.fence + 1, Optional.of(new Unwritten(call, now)));
    seat.taken = hold;
    return Optional.of(new Reservation.Outcome.Held(hold));
  }

  /** That a call of {@code channel} is in progress here, if one is. */
  synchronized Optional<Reservation.Outcome> busy(ChannelId channel) {
    var amount = open(channel);
    var seat = seats.get(channel);
    return amount.isEmpty() || seat == null || seat.known == null
        ? Optional.empty()
        : Optional.of(new Reservation.Outcome.Busy(seat.known.standing.reserving(amount.get())));
  }

  /** The most that a call in progress here may add to what {@code channel} was charged. */
  synchronized Optional<BigInteger> open(ChannelId channel) {
    var seat = seats.get(channel);
    return seat == null || seat.taken == null
        ? Optional.empty()
        : seat.taken
            .unwritten()
            .filter(call -> clock.instant().isBefore(call.since().plus(call.reservation().lease())))
            .map(call -> call.reservation().amount());
  }

  /** The till is being asked to reserve something of {@code channel}. */
  synchronized void ask(ChannelId channel) {
    seats.computeIfAbsent(channel, _ -> new Seat()).asking++;
  }

  /**
   * It answered, or did not.
   *
   * @param held what it reserved
   */
  synchronized void asked(ChannelId channel, Optional<Hold> held) {
    var seat = seats.get(channel);
    if (seat != null) {
      seat.asking = Math.max(0, seat.asking - 1);
      if (held.isPresent()) {
        seat.fence = Math.max(seat.fence, held.get().fence());
        seat.known = null;
      }
    }
  }

  /** A written call was charged, and none is open now. */
  synchronized void learn(ChannelId channel, Known left) {
    var seat = seats.computeIfAbsent(channel, _ -> new Seat());
    if (left.fence >= seat.fence) {
      seat.known = left;
    }
  }

  /**
   * An unwritten call is over.
   *
   * @param left how its charge left the channel; empty when it was not charged for certain
   */
  synchronized void end(Hold hold, Optional<Known> left) {
    release(hold);
    var seat = seats.get(hold.channel());
    if (seat != null) {
      seat.known = left.filter(known -> known.fence >= seat.fence).orElse(null);
    }
  }

  /** A call came to nothing, and nobody else knows that it ever was. */
  synchronized void release(Hold hold) {
    var seat = seats.get(hold.channel());
    if (seat != null && hold.equals(seat.taken)) {
      seat.taken = null;
    }
  }

  /** The chain shows something else of {@code channel} now. */
  synchronized void forget(ChannelId channel) {
    var seat = seats.get(channel);
    if (seat != null && seat.taken == null) {
      seat.known = null;
    }
  }
}
