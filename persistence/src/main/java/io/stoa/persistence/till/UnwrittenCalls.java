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
          return size() > MOST && !eldest.getValue().isInUse();
        }
      };

  /**
   * How a charge left a channel on which no call is open.
   *
   * @param readAt when the chain was asked last, by this instance's clock
   */
  record Known(Standing standing, long fence, Instant readAt) {

    private boolean pays(Reservation call, Instant now) {
      var ceiling = call.voucher().ceiling();
      return ceiling.equals(standing.charged().add(call.amount()))
          && ceiling.compareTo(standing.onChain().balance()) <= 0
          && standing.onChain().withdrawal().isEmpty()
          && now.isBefore(readAt.plus(call.mirrorAge()));
    }
  }

  /**
   * A call in progress.
   *
   * @param standing before it
   */
  private record Taken(Hold hold, Unwritten call, Standing standing) {

    private boolean isOver(Instant now) {
      return now.isAfter(call.since().plus(call.reservation().lease()));
    }
  }

  /** What is known of one channel. */
  private static final class Seat {
    @Nullable Known known;
    @Nullable Taken taken;

    /** The highest fence of a call that was written down. */
    long fence;

    /** The highest block that the chain was read in. */
    long block;

    /** How many reservations the till is being asked for: meanwhile nothing is certain. */
    int asking;

    boolean isInUse() {
      return taken != null || asking > 0;
    }

    void learn(Known left) {
      known = left.fence >= fence && left.standing.onChain().at().number() >= block ? left : null;
    }
  }

  /**
   * @param isAlone whether no other instance is known to serve calls
   */
  UnwrittenCalls(BooleanSupplier isAlone, Clock clock) {
    this.isAlone = isAlone;
    this.clock = clock;
  }

  /**
   * What the till would say to {@code call}. Empty when it must be asked, which begins with this:
   * it ends with {@link #asked}.
   */
  synchronized Optional<Reservation.Outcome> begin(Reservation call) {
    var channel = call.voucher().channel();
    var now = clock.instant();
    var seat = seats.get(channel);
    if (seat != null
        && seat.known != null
        && seat.taken == null
        && seat.asking == 0
        && call.mode().equals(NAMELESS)
        && seat.known.pays(call, now)
        && isAlone.getAsBoolean()) {
      var unwritten = new Unwritten(call, now);
      var hold = new Hold(channel, seat.known.fence + 1, Optional.of(unwritten));
      seat.taken = new Taken(hold, unwritten, seat.known.standing);
      return Optional.of(new Reservation.Outcome.Held(hold));
    }
    return ask(channel);
  }

  /** The same for what must be written in any case. */
  synchronized Optional<Reservation.Outcome> ask(ChannelId channel) {
    var busy = open(channel);
    if (busy.isEmpty()) {
      asking(channel);
    }
    return busy.map(
        taken ->
            new Reservation.Outcome.Busy(
                taken.standing.reserving(taken.call.reservation().amount())));
  }

  /** The till is asked to write down a call that is in progress here. */
  synchronized void asking(ChannelId channel) {
    seats.computeIfAbsent(channel, _ -> new Seat()).asking++;
  }

  /**
   * The till answered, or did not.
   *
   * @param held what it reserved for certain
   */
  synchronized void asked(ChannelId channel, Optional<Hold> held) {
    var seat = seats.get(channel);
    if (seat == null) {
      return;
    }
    seat.asking--;
    seat.known = null;
    held.ifPresent(hold -> seat.fence = Math.max(seat.fence, hold.fence()));
    if (held.isEmpty() && seat.fence == 0 && !seat.isInUse()) {
      // Strangers can name any number of channels.
      seats.remove(channel);
    }
  }

  /** The most that a call in progress here may add to what {@code channel} was charged. */
  synchronized Optional<BigInteger> reserved(ChannelId channel) {
    return open(channel).map(taken -> taken.call.reservation().amount());
  }

  private Optional<Taken> open(ChannelId channel) {
    var seat = seats.get(channel);
    if (seat != null && seat.taken != null && seat.taken.isOver(clock.instant())) {
      seat.taken = null;
    }
    return Optional.ofNullable(seat).map(each -> each.taken);
  }

  /** A written call was charged, and none is open now. */
  synchronized void learn(ChannelId channel, Known left) {
    seats.computeIfAbsent(channel, _ -> new Seat()).learn(left);
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
      seat.known = null;
      left.ifPresent(seat::learn);
    }
  }

  /** An unwritten call came to nothing, or is written down now. */
  synchronized void release(Hold hold) {
    var seat = seats.get(hold.channel());
    if (seat != null && seat.taken != null && seat.taken.hold.equals(hold)) {
      seat.taken = null;
    }
  }

  /**
   * The chain shows something else of {@code channel} now.
   *
   * @param block in which it was read
   */
  synchronized void forget(ChannelId channel, long block) {
    var seat = seats.get(channel);
    if (seat != null) {
      seat.known = null;
      seat.block = Math.max(seat.block, block);
    }
  }
}
