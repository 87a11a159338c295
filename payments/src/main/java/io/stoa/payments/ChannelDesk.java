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
import io.stoa.payments.ChannelAnswers.Asked;
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
import java.time.Instant;
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
  private final ChannelAnswers answers;
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
      ChannelAnswers answers,
      Duration lease,
      Clock clock) {
    this.till = till;
    this.chain = chain;
    this.verifier = verifier;
    this.receipts = receipts;
    this.answers = answers;
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * A voucher as it came with a request.
   *
   * @param option what was asked of this request
   * @param binding the digest of all that makes it this call and no other
   */
  public record Visit(
      BatchPayload.Pay payment,
      PaymentRequirements option,
      TokenDomain domain,
      Purchase purchase,
      RequestDigest request,
      Reservation.Mode mode,
      Bytes32 binding) {

    private Asked asked() {
      return asking(payment, mode.call(), binding, request);
    }
  }

  /** What a voucher opens. */
  public sealed interface Entry {

    /** The provider may be asked, once. */
    record Open(Hold hold, Visit visit) implements Entry {}

    /** Nothing is to be done for it, nor to be counted anew. */
    sealed interface Unserved extends Entry {}

    /** It does not hold. Nothing was charged for it. */
    record Refused(String reason) implements Unserved {}

    /** The payer counts otherwise; with this it can count again. Nothing was charged. */
    record Corrected(String reason, Correction correction) implements Entry {}

    /** It was charged before, and this very call answered. */
    record Answered(Bill.Paid paid, Answer answer) implements Unserved {}

    /** Its name stands for another call of the channel. */
    record NameTaken() implements Unserved {}

    /** It is in progress elsewhere, and took longer than could be waited for. */
    record Unfinished(Hold hold) implements Unserved {}

    /** It was charged before; its answer is not kept, or not any more. */
    record Forgotten(Hold hold) implements Unserved {}
  }

  /**
   * What a served call comes to.
   *
   * @param price at most the amount that was asked
   * @param responseSha256 of the answer's body
   * @param answer to be kept, where it is there as a whole
   */
  public record Bill(
      BigInteger price, Usage usage, Bytes32 responseSha256, Optional<Answer> answer) {

    /** Of an answer that is not kept. */
    public Bill(BigInteger price, Usage usage, Bytes32 responseSha256) {
      this(price, usage, responseSha256, Optional.empty());
    }

    /** What became of it. */
    public sealed interface Outcome {}

    /** Charged for good; {@code state} is the channel's after it. */
    public record Paid(Hold hold, BigInteger price, ChannelState state) implements Outcome {}

    /** The hold had ended before. Nothing was charged now, and the answer is not for delivery. */
    public record Lapsed() implements Outcome {}
  }

  /**
   * Decides what {@code visit} opens. A copy of a named call in progress waits for its end until
   * {@code deadline}.
   */
  public Entry enter(Visit visit, Instant deadline) {
    var sound =
        verifier.verify(
            visit.payment, visit.option, visit.domain, clock.instant(), ExactEip3009.INCLUSION);
    return switch (sound) {
      case Verification.Invalid<SoundBatch>(var reason) -> new Entry.Refused(reason);
      // A contract may say yes now and no when its voucher is claimed.
      case Verification.Valid<SoundBatch>(var batch) when !batch.undecided().isEmpty() ->
          new Entry.Refused(BatchReason.VOUCHER_SIGNATURE);
      case Verification.Valid<SoundBatch> _ -> reserve(visit, deadline);
    };
  }

  /**
   * What a voucher opens that is for nothing on sale now: it can only be a copy of one that was.
   *
   * @return empty when it is none
   */
  public Optional<Entry.Unserved> repeat(
      BatchPayload.Pay payment,
      Optional<CallId> name,
      Bytes32 binding,
      RequestDigest request,
      Instant deadline) {
    return answers.find(asking(payment, name, binding, request), deadline);
  }

  /** Whether the name of {@code visit} stands for another call of the channel. */
  boolean isNameTaken(Visit visit) {
    return answers.isNameTaken(visit.asked());
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
    var charge =
        new Charge(
            open.hold,
            bill.price,
            units(bill.usage),
            bill.responseSha256,
            receipt,
            bill.answer.flatMap(answer -> answers.keep(open.hold, answer)));
    var outcome = till.charge(charge);
    answers.announce(open.hold);
    return switch (outcome) {
      case Charge.Outcome.Charged(var standing) ->
          new Bill.Paid(open.hold, bill.price, state(open.hold.channel(), standing));
      case Charge.Outcome.Closed _ -> new Bill.Lapsed();
      case Charge.Outcome.Exceeded _ ->
          throw new IllegalArgumentException("a price above what was reserved: " + bill.price);
    };
  }

  /**
   * Makes sure that the voucher of a call is kept and its hold outlives this instance, before
   * anything of its answer is passed on.
   *
   * @return the call to go on with; empty when its channel is not free for it any more
   */
  public Optional<Entry.Open> writeDown(Entry.Open open) {
    return till.writeDown(open.hold) instanceof Reservation.Outcome.Held(var hold)
        ? Optional.of(new Entry.Open(hold, open.visit))
        : Optional.empty();
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
    answers.announce(hold);
  }

  private Entry reserve(Visit visit, Instant deadline) {
    while (true) {
      var outcome = till.hold(reservation(visit));
      if (isWorthALook(outcome)) {
        if (!look(visit.payment)) {
          return new Entry.Refused(BatchReason.CHANNEL_NOT_FOUND);
        }
        outcome = till.hold(reservation(visit));
      }
      if (outcome instanceof Reservation.Outcome.Held(var hold)) {
        return new Entry.Open(hold, visit);
      }
      var earlier = answers.find(visit.asked(), deadline);
      if (earlier.isPresent()) {
        return earlier.get();
      }
      if (!(outcome instanceof Reservation.Outcome.Repeated)) {
        return refused(visit.payment.voucher().channel(), outcome);
      }
      // Of this name there was a call, and it came to nothing meanwhile.
    }
  }

  private static Entry refused(ChannelId channel, Reservation.Outcome outcome) {
    return switch (outcome) {
      case Reservation.Outcome.Held _, Reservation.Outcome.Repeated _ ->
          throw new IllegalArgumentException("not refused: " + outcome);
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
        visit.mode,
        visit.purchase,
        visit.request,
        mirrorAge(visit.payment.config()),
        lease,
        Optional.of(visit.binding));
  }

  private static Asked asking(
      BatchPayload.Pay payment, Optional<CallId> name, Bytes32 binding, RequestDigest request) {
    return new Asked(payment.voucher().channel(), name, binding, request.hasBody());
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
