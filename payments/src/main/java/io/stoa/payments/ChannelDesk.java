package io.stoa.payments;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Standing;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelState;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes vouchers at the door of a paid request, and charges for what was served: verify, reserve,
 * (the provider works), charge or release. The chain is asked only about channels that are new here
 * or were not looked at for a while. Every method blocks: call from a virtual thread.
 */
public final class ChannelDesk {
  private static final Duration YOUNGEST = Duration.ofSeconds(30);
  private static final Duration OLDEST = Duration.ofMinutes(5);

  private final ChannelTill till;
  private final ChannelReads chain;
  private final BatchVerifier verifier;
  private final Receipts receipts;
  private final Duration lease;
  private final Clock clock;

  /**
   * @param lease how long the holder of a reservation may take before others may end it
   */
  public ChannelDesk(
      ChannelTill till,
      ChannelReads chain,
      BatchVerifier verifier,
      Receipts receipts,
      Duration lease,
      Clock clock) {
    this.till = till;
    this.chain = chain;
    this.verifier = verifier;
    this.receipts = receipts;
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * A voucher as it came with a request.
   *
   * @param option what was asked of this request
   * @param call the name that lets it run beside others (extension {@code channel-headroom}); empty
   *     where the protocol holds literally
   */
  public record Visit(
      BatchPayload.Pay payment,
      PaymentRequirements option,
      TokenDomain domain,
      Purchase purchase,
      RequestDigest request,
      Optional<CallId> call) {}

  /** What a voucher opens. */
  public sealed interface Entry {

    /** The provider may be asked, once. */
    record Open(Hold hold, Visit visit) implements Entry {}

    /** It does not hold. Nothing was charged for it. */
    record Refused(String reason) implements Entry {}

    /** The payer counts otherwise; with this it can count again. Nothing was charged. */
    record Corrected(String reason, Correction correction) implements Entry {}

    /** A call of this name is in progress, or was charged. */
    record Repeated(Hold earlier) implements Entry {}
  }

  /**
   * What a served call comes to.
   *
   * @param price at most the amount that was asked
   * @param responseSha256 of the answer's body
   */
  public record Bill(BigInteger price, Usage usage, Bytes32 responseSha256) {

    /** What became of it. */
    public sealed interface Outcome {}

    /** Charged for good; {@code state} is the channel's after it. */
    public record Paid(Hold hold, BigInteger price, ChannelState state) implements Outcome {}

    /** The hold had ended before. Nothing was charged now, and the answer is not for delivery. */
    public record Lapsed() implements Outcome {}
  }

  /** Decides what {@code visit} opens. */
  public Entry enter(Visit visit) {
    var sound =
        verifier.verify(
            visit.payment, visit.option, visit.domain, clock.instant(), ExactEip3009.INCLUSION);
    return switch (sound) {
      case Verification.Invalid<SoundBatch>(var reason) -> new Entry.Refused(reason);
      // A contract may say yes now and no when its voucher is claimed.
      case Verification.Valid<SoundBatch>(var batch) when !batch.undecided().isEmpty() ->
          new Entry.Refused(BatchReason.VOUCHER_SIGNATURE);
      case Verification.Valid<SoundBatch> _ -> reserve(visit);
    };
  }

  /** Ends a call that was served. */
  public Bill.Outcome charge(Entry.Open open, Bill bill) {
    var visit = open.visit;
    var config = visit.payment.config();
    var receipt =
        receipts.issue(
            open.hold,
            config,
            visit.purchase,
            visit.request,
            bill.responseSha256,
            bill.price,
            bill.usage);
    var charge = new Charge(open.hold, bill.price, units(bill.usage), bill.responseSha256, receipt);
    return switch (till.charge(charge)) {
      case Charge.Outcome.Charged(var standing) ->
          new Bill.Paid(open.hold, bill.price, state(open.hold.channel(), standing));
      case Charge.Outcome.Closed _ -> new Bill.Lapsed();
      case Charge.Outcome.Exceeded _ ->
          throw new IllegalArgumentException("a price above what was reserved: " + bill.price);
    };
  }

  /** How long a call keeps its hold without a {@link #checkpoint}. */
  public Duration lease() {
    return lease;
  }

  /** Where the channel of {@code open} stands now. */
  public ChannelState state(Entry.Open open) {
    var channel = open.hold.channel();
    return state(channel, till.find(channel).orElseThrow().standing());
  }

  /**
   * Writes down what a call comes to so far, and keeps its hold for another {@link #lease}: should
   * its holder die, this much is charged.
   *
   * @param price at most the amount that was asked
   * @return whether the hold is still good
   */
  public boolean checkpoint(Entry.Open open, BigInteger price, Usage usage) {
    return till.checkpoint(open.hold, price, units(usage), lease);
  }

  /** The provider gave nothing worth paying for: the same voucher may be presented again. */
  public void release(Hold hold) {
    till.release(hold);
  }

  private Entry reserve(Visit visit) {
    var reservation = reservation(visit);
    var outcome = till.reserve(reservation);
    if (isWorthALook(outcome)) {
      if (!look(visit.payment)) {
        return new Entry.Refused(BatchReason.CHANNEL_NOT_FOUND);
      }
      outcome = till.reserve(reservation);
    }
    var channel = visit.payment.voucher().channel();
    return switch (outcome) {
      case Reservation.Outcome.Held(var hold) -> new Entry.Open(hold, visit);
      case Reservation.Outcome.Repeated(var earlier) -> new Entry.Repeated(earlier);
      case Reservation.Outcome.Busy(var standing) ->
          corrected(BatchReason.CHANNEL_BUSY, channel, standing);
      case Reservation.Outcome.Mismatch(var standing) ->
          corrected(BatchReason.CUMULATIVE_AMOUNT_MISMATCH, channel, standing);
      case Reservation.Outcome.Overdrawn(var standing) ->
          corrected(BatchReason.CUMULATIVE_EXCEEDS_BALANCE, channel, standing);
      case Reservation.Outcome.Withdrawing(var standing) ->
          corrected(BatchReason.CUMULATIVE_EXCEEDS_BALANCE, channel, standing);
      case Reservation.Outcome.NeedsSync _ ->
          throw new MarketException.Unavailable(
              "channel-unreadable", "The channel could not be read in time.", null);
    };
  }

  private Reservation reservation(Visit visit) {
    return new Reservation(
        visit.payment.voucher(),
        visit.option.amount(),
        visit
            .call
            .<Reservation.Mode>map(Reservation.Mode.Headroom::new)
            .orElseGet(() -> new Reservation.Mode.Serial(Optional.empty())),
        visit.purchase,
        visit.request,
        mirrorAge(visit.payment.config()),
        lease);
  }

  /** Whether the chain may show more by now: a deposit, or a withdrawal that was ended. */
  private static boolean isWorthALook(Reservation.Outcome outcome) {
    return switch (outcome) {
      case Reservation.Outcome.NeedsSync _,
          Reservation.Outcome.Overdrawn _,
          Reservation.Outcome.Withdrawing _ ->
          true;
      case Reservation.Outcome.Held _,
          Reservation.Outcome.Busy _,
          Reservation.Outcome.Mismatch _,
          Reservation.Outcome.Repeated _ ->
          false;
    };
  }

  /** Whether there is such a channel. */
  private boolean look(BatchPayload.Pay payment) {
    var channel = payment.voucher().channel();
    var seen = ChainOutage.unavailable(() -> chain.read(List.of(channel))).getFirst();
    if (seen.balance().signum() == 0 && till.find(channel).isEmpty()) {
      return false;
    }
    till.sync(channel, payment.config(), seen);
    return true;
  }

  private static Entry corrected(String reason, ChannelId channel, Standing standing) {
    return new Entry.Corrected(reason, correction(channel, standing));
  }

  /** What a payer is told that counts otherwise. */
  static Correction correction(ChannelId channel, Standing standing) {
    return new Correction(state(channel, standing), standing.voucher());
  }

  private static Map<String, Long> units(Usage usage) {
    return usage.counts().entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(count -> count.getKey().key(), Map.Entry::getValue));
  }

  private static ChannelState state(ChannelId channel, Standing standing) {
    return ChannelState.of(channel, standing.onChain(), standing.charged());
  }

  /** As the reference has it: a third of the time a payer must wait to leave, within bounds. */
  private static Duration mirrorAge(ChannelConfig config) {
    var third = Duration.ofSeconds(config.withdrawDelay() / 3);
    if (third.compareTo(YOUNGEST) < 0) {
      return YOUNGEST;
    }
    return third.compareTo(OLDEST) > 0 ? OLDEST : third;
  }
}
