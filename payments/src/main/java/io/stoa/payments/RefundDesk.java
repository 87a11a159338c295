package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Refund;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Standing;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.CeilingRule;
import io.stoa.x402.batch.ChannelNumbers;
import io.stoa.x402.batch.ChannelState;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Gives payers back what their channels do not owe: verify, keep the channel to itself, claim and
 * refund in one transaction, let the channel go. Every method blocks: call from a virtual thread.
 *
 * <p>Presented again after it was done, a request for everything is corrected: there is nothing
 * left. A request for a part is a new request, unless both bear the same name; then it gets the
 * same answer again.
 */
public final class RefundDesk {
  private static final System.Logger LOG = System.getLogger(RefundDesk.class.getName());
  private static final Duration MIRROR_AGE = Duration.ofMinutes(1);
  private static final Duration MARGIN = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ChannelBooks books;
  private final ChannelReads chain;
  private final BatchVerifier verifier;
  private final Address authorizer;
  private final RefundCarrier carrier;
  private final Clock clock;

  /**
   * @param authorizer whose key {@code carrier} signs with
   */
  RefundDesk(
      ChannelBooks books,
      ChannelReads chain,
      BatchVerifier verifier,
      Address authorizer,
      RefundCarrier carrier,
      Clock clock) {
    this.books = books;
    this.chain = chain;
    this.verifier = verifier;
    this.authorizer = authorizer;
    this.carrier = carrier;
    this.clock = clock;
  }

  /**
   * A request for money back.
   *
   * @param option what a call of this request would have been asked
   * @param call the name that the payer gave it, if it did
   */
  public record Visit(
      BatchPayload.Refund refund,
      PaymentRequirements option,
      TokenDomain domain,
      Purchase purchase,
      RequestDigest request,
      Optional<CallId> call) {}

  /** What becomes of it. */
  public sealed interface Entry {

    /**
     * The payer has its money, and the receiver what it was owed.
     *
     * @param amount what went back: what was asked for, or all that was left
     * @param state of the channel now
     */
    record Refunded(Settlement settlement, BigInteger amount, ChannelState state)
        implements Entry {}

    /** It does not hold, or the chain would not do it. Nothing was moved. */
    record Refused(String reason) implements Entry {}

    /** The payer counts otherwise, or must wait for a call; with this it can ask again. */
    record Corrected(String reason, Correction correction) implements Entry {}

    /** It was sent, and its outcome is not known yet. Until it is, the channel pays for nothing. */
    record Undecided(ChannelId channel) implements Entry {}
  }

  /** Refunds, and waits for the chain until {@code deadline}. */
  public Entry enter(Visit visit, Instant deadline) {
    var config = visit.refund.config();
    var sound =
        verifier.verify(
            visit.refund, visit.option, visit.domain, clock.instant(), ExactEip3009.INCLUSION);
    return switch (sound) {
      case Verification.Invalid<SoundBatch>(var reason) -> new Entry.Refused(reason);
      case Verification.Valid<SoundBatch> _ when config.isSignedByContract() ->
          new Entry.Refused(BatchReason.VOUCHER_SIGNATURE);
      case Verification.Valid<SoundBatch> _ when !config.receiverAuthorizer().equals(authorizer) ->
          new Entry.Refused(BatchReason.RECEIVER_AUTHORIZER_MISMATCH);
      case Verification.Valid<SoundBatch> _ ->
          earlier(visit).orElseGet(() -> reserve(visit, deadline));
    };
  }

  /** What became of an earlier request of the same name; empty when that came to nothing. */
  private Optional<Entry> earlier(Visit visit) {
    var channel = visit.refund.voucher().channel();
    return visit
        .call
        .flatMap(call -> books.refunds().find(channel, call))
        .filter(state -> !(state instanceof Refund.State.Voided))
        .map(state -> answer(channel, state));
  }

  private Entry reserve(Visit visit, Instant deadline) {
    var channel = visit.refund.voucher().channel();
    if (!look(visit)) {
      return new Entry.Refused(BatchReason.CHANNEL_NOT_FOUND);
    }
    return switch (books.channels().reserve(reservation(visit, deadline))) {
      case Reservation.Outcome.Held(var hold) -> refund(visit, hold, deadline);
      case Reservation.Outcome.Busy(var standing) ->
          corrected(BatchReason.CHANNEL_BUSY, channel, standing);
      case Reservation.Outcome.Mismatch(var standing) ->
          corrected(BatchReason.CUMULATIVE_AMOUNT_MISMATCH, channel, standing);
      case Reservation.Outcome.Overdrawn(var standing) ->
          corrected(BatchReason.CUMULATIVE_EXCEEDS_BALANCE, channel, standing);
      case Reservation.Outcome.Withdrawing(var standing) ->
          corrected(BatchReason.CHANNEL_BUSY, channel, standing);
      case Reservation.Outcome.NeedsSync _, Reservation.Outcome.Repeated _ ->
          throw new MarketException.Unavailable(
              "channel-unreadable", "The channel could not be read in time.", null);
    };
  }

  /** Whether there is such a channel. */
  private boolean look(Visit visit) {
    var channel = visit.refund.voucher().channel();
    var seen = ChainOutage.unavailable(() -> chain.read(List.of(channel))).getFirst();
    if (seen.balance().signum() == 0 && books.channels().find(channel).isEmpty()) {
      return false;
    }
    books.channels().sync(channel, visit.refund.config(), seen);
    return true;
  }

  private Reservation reservation(Visit visit, Instant deadline) {
    return new Reservation(
        visit.refund.voucher(),
        BigInteger.ZERO,
        new Reservation.Mode.Serial(Optional.empty()),
        visit.purchase,
        visit.request,
        MIRROR_AGE,
        lease(deadline));
  }

  private Entry refund(Visit visit, Hold hold, Instant deadline) {
    var channel = hold.channel();
    var standing = books.channels().find(channel).orElseThrow().standing();
    var objection = objection(visit, standing);
    if (objection.isPresent()) {
      books.channels().release(hold);
      return corrected(objection.get(), channel, standing);
    }
    if (isTooLittle(visit, standing)) {
      books.channels().release(hold);
      return new Entry.Refused(BatchReason.REFUND_AMOUNT_INVALID);
    }
    var refund = refund(visit, hold, standing);
    return books.refunds().open(refund, lease(deadline))
        ? carry(refund, deadline)
        : corrected(BatchReason.CHANNEL_BUSY, channel, standing);
  }

  private static Optional<String> objection(Visit visit, Standing standing) {
    var numbers =
        new ChannelNumbers(
            standing.charged(),
            standing.reserved(),
            standing.voucher().map(voucher -> voucher.ceiling()).orElse(standing.charged()),
            standing.onChain().balance(),
            standing.onChain().claimed());
    return CeilingRule.refundObjection(visit.refund.voucher().ceiling(), numbers);
  }

  /** What is not worth a deposit is not worth a refund, unless nothing is left then. */
  private static boolean isTooLittle(Visit visit, Standing standing) {
    var least = terms(visit.option).minDeposit().orElse(BigInteger.ZERO).min(left(standing));
    return visit.refund.amount().filter(asked -> asked.compareTo(least) < 0).isPresent();
  }

  private static ChannelTerms terms(PaymentRequirements option) {
    try {
      return ChannelTerms.read(option);
    } catch (MalformedPayment ownFault) {
      throw new IllegalArgumentException("not terms of a channel", ownFault);
    }
  }

  private static BigInteger left(Standing standing) {
    return standing.onChain().balance().subtract(standing.charged());
  }

  private static Refund refund(Visit visit, Hold hold, Standing standing) {
    var left = left(standing);
    return new Refund(
        hold,
        standing.onChain().refundNonce(),
        visit.call,
        visit.refund.amount().map(left::min).orElse(left),
        standing.onChain().at().number() + 1);
  }

  private Entry carry(Refund refund, Instant deadline) {
    var channel = refund.hold().channel();
    Refund.State state;
    try {
      state = carrier.carry(refund, Duration.between(clock.instant(), deadline));
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "refund interrupted, left to others: channel " + channel, failure);
      return new Entry.Undecided(channel);
    }
    if (state instanceof Refund.State.Open) {
      books.refunds().putOff(refund, PAUSE);
    }
    return answer(channel, state);
  }

  private Entry answer(ChannelId channel, Refund.State state) {
    return switch (state) {
      case Refund.State.Done(var settlement, var returned) -> {
        var standing = books.channels().find(channel).orElseThrow().standing();
        yield new Entry.Refunded(
            settlement, returned, ChannelState.of(channel, standing.onChain(), standing.charged()));
      }
      case Refund.State.Voided _ -> new Entry.Refused(BatchReason.REFUND_SIMULATION_FAILED);
      case Refund.State.Open _ -> new Entry.Undecided(channel);
    };
  }

  private static Entry corrected(String reason, ChannelId channel, Standing standing) {
    return new Entry.Corrected(reason, ChannelDesk.correction(channel, standing));
  }

  private Duration lease(Instant deadline) {
    return Duration.between(clock.instant(), deadline).plus(MARGIN);
  }
}
