package io.stoa.payments;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.domain.Bytes;
import io.stoa.domain.payment.Settlement;
import io.stoa.payments.DepositDesk.Visit;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Standing;
import io.stoa.x402.Verification;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.CeilingRule;
import io.stoa.x402.batch.ChannelNumbers;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.DepositApproval;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.signature.Signers;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a deposit is worth sending: by itself, by what the chain says of its payer and
 * its channel, by whether its voucher would be taken after it, and by trying it.
 */
final class DepositCheck {
  private static final long SKEW_SECONDS = 60;

  private final ChannelTill till;
  private final ChannelReads channels;
  private final DepositReads reads;
  private final BatchVerifier verifier;
  private final Signers signers;
  private final DepositCarrier carrier;
  private final long reorgDepth;
  private final Clock clock;

  DepositCheck(
      ChannelTill till,
      ChannelReads channels,
      DepositReads reads,
      BatchVerifier verifier,
      Signers signers,
      DepositCarrier carrier,
      long reorgDepth,
      Clock clock) {
    this.till = till;
    this.channels = channels;
    this.reads = reads;
    this.verifier = verifier;
    this.signers = signers;
    this.carrier = carrier;
    this.reorgDepth = reorgDepth;
    this.clock = clock;
  }

  /** What came of it. */
  sealed interface Result {
    /**
     * It may be claimed and sent.
     *
     * @param data the call that makes the deposit
     */
    record Sound(Deposit deposit, DepositReads.Seen seen, Bytes data) implements Result {}

    record Refused(String reason) implements Result {}

    /** Its voucher would not be taken. */
    record Corrected(String reason, Correction correction) implements Result {}

    /** Somebody sent it before it came here: the money is in the channel all the same. */
    record Arrived(Settlement settlement) implements Result {}
  }

  /** Asks the chain only about what is sound by itself. */
  Result of(Visit visit) {
    var deposit = visit.deposit();
    var sound =
        verifier.verify(
            deposit, visit.option(), visit.domain(), clock.instant(), ExactEip3009.INCLUSION);
    return switch (sound) {
      case Verification.Invalid<SoundBatch>(var reason) -> new Result.Refused(reason);
      // A contract may say yes now and no when its voucher is claimed.
      case Verification.Valid<SoundBatch> _ when deposit.config().isSignedByContract() ->
          new Result.Refused(BatchReason.VOUCHER_SIGNATURE);
      case Verification.Valid<SoundBatch>(var batch) ->
          objectionToTerms(visit)
              .<Result>map(Result.Refused::new)
              .orElseGet(() -> ChainOutage.unavailable(() -> onChain(visit, batch)));
    };
  }

  private Optional<String> objectionToTerms(Visit visit) {
    // What stays undecided holds part of its payer's balance until then: no longer than the option
    // allows, give or take a clock.
    var latest =
        clock.instant().getEpochSecond() + visit.option().maxTimeoutSeconds() + SKEW_SECONDS;
    var expiry = visit.deposit().authorization().expiry();
    if (expiry.compareTo(BigInteger.valueOf(latest + 1)) > 0) {
      return Optional.of(BatchReason.VALID_BEFORE);
    }
    return visit
        .approval()
        .flatMap(approval -> DepositApproval.objection(approval, visit.deposit(), clock.instant()));
  }

  private Result onChain(Visit visit, SoundBatch batch) {
    var payload = visit.deposit();
    var seen = reads.read(payload.key(), payload.config().asset());
    for (var undecided : batch.undecided()) {
      var objection =
          signers.objection(
              undecided.signature(), seen.payerHasCode(), seen.block(), undecided.reason());
      if (objection.isPresent()) {
        return new Result.Refused(objection.get());
      }
    }
    var deposit = deposit(visit, Math.max(0, seen.block().number() - reorgDepth));
    if (seen.isNonceUsed()) {
      return carrier
          .arrival(deposit)
          .<Result>map(Result.Arrived::new)
          .orElseGet(() -> new Result.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    }
    if (seen.balance().compareTo(payload.amount()) < 0) {
      return new Result.Refused(BatchReason.INSUFFICIENT_BALANCE);
    }
    if (visit.approval().isEmpty() && seen.usable().compareTo(payload.amount()) < 0) {
      return new Result.Refused(BatchReason.PERMIT2_ALLOWANCE_REQUIRED);
    }
    var correction = correction(visit);
    if (correction.isPresent()) {
      return correction.get();
    }
    var data = data(visit);
    return carrier.wouldSucceed(data)
        ? new Result.Sound(deposit, seen, data)
        : new Result.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED);
  }

  /** Why the voucher would not be taken after the deposit: then nothing is to be sent. */
  private Optional<Result> correction(Visit visit) {
    var channel = visit.deposit().voucher().channel();
    var seen = channels.read(List.of(channel)).getFirst();
    if (seen.balance().signum() > 0 || till.find(channel).isPresent()) {
      till.sync(channel, visit.deposit().config(), seen);
    }
    var standing =
        till.find(channel)
            .map(account -> account.standing())
            .orElseGet(() -> new Standing(seen.claimed(), BigInteger.ZERO, Optional.empty(), seen));
    return objection(visit, standing)
        .map(reason -> new Result.Corrected(reason, ChannelDesk.correction(channel, standing)));
  }

  private static Optional<String> objection(Visit visit, Standing standing) {
    if (standing.onChain().withdrawal().isPresent()) {
      return Optional.of(BatchReason.CUMULATIVE_EXCEEDS_BALANCE);
    }
    if (visit.mode() instanceof Reservation.Mode.Serial && standing.reserved().signum() > 0) {
      return Optional.of(BatchReason.CHANNEL_BUSY);
    }
    var numbers =
        new ChannelNumbers(
            standing.charged(),
            standing.reserved(),
            standing.voucher().map(voucher -> voucher.ceiling()).orElse(standing.charged()),
            standing.onChain().balance(),
            standing.onChain().claimed());
    var rule =
        switch (visit.mode()) {
          case Reservation.Mode.Headroom _ -> CeilingRule.HEADROOM;
          case Reservation.Mode.Serial _ -> CeilingRule.LITERAL;
        };
    return rule.objection(
        visit.deposit().voucher().ceiling(),
        visit.option().amount(),
        numbers.withDeposit(visit.deposit().amount()));
  }

  private static Bytes data(Visit visit) {
    return DepositRelay.call(visit.deposit(), visit.approval());
  }

  /** As the till will know it. */
  static Deposit deposit(Visit visit, long searchFrom) {
    return deposit(visit.deposit(), searchFrom);
  }

  static Deposit deposit(BatchPayload.Deposit payload, long searchFrom) {
    return new Deposit(
        payload.key(),
        payload.voucher().channel(),
        payload.config(),
        payload.amount(),
        payload.authorization().expiry(),
        searchFrom);
  }
}
