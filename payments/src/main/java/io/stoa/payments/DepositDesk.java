package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.Standing;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.CeilingRule;
import io.stoa.x402.batch.ChannelNumbers;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.DepositApproval;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.signature.Signers;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Takes deposits at the door of a paid request: verify, claim, send, wait, and then the voucher
 * that came along is taken as any other. A deposit is sent at most once, however often and wherever
 * it is presented. Every method blocks: call from a virtual thread.
 */
public final class DepositDesk {
  private static final System.Logger LOG = System.getLogger(DepositDesk.class.getName());
  private static final int MOST_WAITING = 1_000;
  private static final long SKEW_SECONDS = 60;

  /** What a node may take to answer after the deadline, while the deposit is still the holder's. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ChannelBooks books;
  private final ChannelDesk vouchers;
  private final ChannelReads channels;
  private final DepositReads reads;
  private final BatchVerifier verifier;
  private final Signers signers;
  private final DepositCarrier carrier;
  private final Outcomes outcomes;
  private final long reorgDepth;
  private final Clock clock;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  DepositDesk(
      ChannelBooks books,
      ChannelDesk vouchers,
      ChannelReads channels,
      DepositReads reads,
      BatchVerifier verifier,
      Signers signers,
      DepositCarrier carrier,
      Outcomes outcomes,
      long reorgDepth,
      Clock clock) {
    this.books = books;
    this.vouchers = vouchers;
    this.channels = channels;
    this.reads = reads;
    this.verifier = verifier;
    this.signers = signers;
    this.carrier = carrier;
    this.outcomes = outcomes;
    this.reorgDepth = reorgDepth;
    this.clock = clock;
  }

  /**
   * A deposit as it came with a request.
   *
   * @param approval of Permit2, if the payer sent one
   * @param option what was asked of this request
   * @param call the name that lets it run beside others (extension {@code channel-headroom}); empty
   *     where the protocol holds literally
   */
  public record Visit(
      BatchPayload.Deposit deposit,
      Optional<Eip2612Approval> approval,
      PaymentRequirements option,
      TokenDomain domain,
      Purchase purchase,
      RequestDigest request,
      Optional<CallId> call) {

    private ChannelDesk.Visit paying() {
      var payment = new BatchPayload.Pay(deposit.config(), deposit.voucher());
      return new ChannelDesk.Visit(payment, option, domain, purchase, request, call);
    }
  }

  /** What a deposit opens. */
  public sealed interface Entry {

    /**
     * The money is in the channel.
     *
     * @param settlement the transaction that brought it, whoever sent that
     * @param call what the voucher then opened
     */
    record Deposited(Settlement settlement, ChannelDesk.Entry call) implements Entry {}

    /** It does not hold, or did not go through; the payer still has its money. */
    record Refused(String reason) implements Entry {}

    /** The payer counts otherwise, so that nothing was sent; with this it can count again. */
    record Corrected(String reason, Correction correction) implements Entry {}

    /** It was sent, and its outcome is not known yet. Presented again, it is not sent again. */
    record Undecided(PaymentId id) implements Entry {}
  }

  /** Decides what {@code visit} opens. Waits for the chain until {@code deadline}. */
  public Entry enter(Visit visit, Instant deadline) {
    var id = visit.deposit.key().id();
    while (true) {
      var known = books.deposits().find(id);
      var entry = known.isPresent() ? follow(visit, known.get(), deadline) : begin(visit, deadline);
      if (entry.isPresent()) {
        return entry.get();
      }
      if (clock.instant().isAfter(deadline) || !waiting.tryAcquire()) {
        return new Entry.Undecided(id);
      }
      try {
        outcomes.await(id);
      } finally {
        waiting.release();
      }
    }
  }

  /** Empty when it is known after all, or its payer's balance must be read again. */
  private Optional<Entry> begin(Visit visit, Instant deadline) {
    return switch (check(visit)) {
      // What another copy has done meanwhile fails here: then there is an outcome to wait for.
      case Check.Failed(var entry) ->
          Optional.of(entry).filter(_ -> books.deposits().find(visit.deposit.key().id()).isEmpty());
      case Check.Passed(var deposit, var seen, var data) ->
          switch (claim(deposit, seen, deadline)) {
            case CLAIMED -> Optional.of(carry(visit, deposit, data, deadline));
            case TAKEN, STALE -> Optional.empty();
            case USED -> Optional.of(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
            case OVERDRAWN -> Optional.of(new Entry.Refused(BatchReason.INSUFFICIENT_BALANCE));
          };
    };
  }

  private Deposit.Outcome claim(Deposit deposit, DepositReads.Seen seen, Instant deadline) {
    return books.deposits().claim(deposit, seen.balance(), seen.block().number(), lease(deadline));
  }

  /** What an earlier presentation came to; empty while somebody is at work on it. */
  private Optional<Entry> follow(Visit visit, Deposit.Known known, Instant deadline) {
    var deposit = known.deposit();
    if (!deposit.isCopyOf(deposit(visit, 0))) {
      return Optional.of(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    }
    if (known.state() instanceof Deposit.State.Open
        && !books.deposits().takeOver(deposit, lease(deadline))) {
      return Optional.empty();
    }
    return switch (known.state()) {
      case Deposit.State.Open _ -> Optional.of(resume(visit, known, deadline));
      case Deposit.State.Mined _, Deposit.State.Voided _ ->
          Optional.of(decided(visit, deposit, known.state()));
    };
  }

  /** Goes on where the holder stopped: looks first, and sends only what nobody sent. */
  private Entry resume(Visit visit, Deposit.Known known, Instant deadline) {
    var deposit = known.deposit();
    Deposit.State state;
    ChannelSends.Trace trace;
    try {
      state = carrier.examine(deposit);
      trace = carrier.trace(deposit);
    } catch (RuntimeException failure) {
      return interrupted(deposit, failure);
    }
    if (!(state instanceof Deposit.State.Open)) {
      return decided(visit, deposit, state);
    }
    return switch (trace) {
      case NOTHING, REPLACED -> again(visit, deposit, deadline);
      case UNDER_WAY, SUCCEEDED, REVERTED -> {
        books.deposits().putOff(deposit, Pause.after(known.presentedAt(), clock.instant()));
        yield unmined(deposit, trace);
      }
    };
  }

  private Entry again(Visit visit, Deposit deposit, Instant deadline) {
    return switch (check(visit)) {
      case Check.Passed(_, _, var data) -> carry(visit, deposit, data, deadline);
      case Check.Failed(var entry) -> {
        books.deposits().putOff(deposit, Duration.ZERO);
        yield entry;
      }
    };
  }

  private Entry carry(Visit visit, Deposit deposit, Bytes data, Instant deadline) {
    Deposit.State state;
    ChannelSends.Trace trace;
    try {
      state = carrier.submit(deposit, data, Duration.between(clock.instant(), deadline));
      trace = carrier.trace(deposit);
    } catch (RuntimeException failure) {
      return interrupted(deposit, failure);
    }
    if (!(state instanceof Deposit.State.Open)) {
      return decided(visit, deposit, state);
    }
    books.deposits().putOff(deposit, PAUSE);
    return unmined(deposit, trace);
  }

  private static Entry unmined(Deposit deposit, ChannelSends.Trace trace) {
    return trace == ChannelSends.Trace.REVERTED
        ? new Entry.Refused(BatchReason.DEPOSIT_TRANSACTION_FAILED)
        : new Entry.Undecided(deposit.id());
  }

  private static Entry interrupted(Deposit deposit, RuntimeException failure) {
    LOG.log(WARNING, "deposit interrupted, left to others: " + deposit.id(), failure);
    return new Entry.Undecided(deposit.id());
  }

  private Entry decided(Visit visit, Deposit deposit, Deposit.State state) {
    return switch (state) {
      case Deposit.State.Mined(var settlement, _) ->
          new Entry.Deposited(settlement, vouchers.enter(visit.paying()));
      case Deposit.State.Voided(var reason, _) -> new Entry.Refused(reason);
      case Deposit.State.Open _ -> new Entry.Undecided(deposit.id());
    };
  }

  /** Whether a deposit is worth sending. */
  private sealed interface Check {
    /**
     * @param data the call that makes the deposit
     */
    record Passed(Deposit deposit, DepositReads.Seen seen, Bytes data) implements Check {}

    record Failed(Entry entry) implements Check {}
  }

  private Check check(Visit visit) {
    var sound =
        verifier.verify(
            visit.deposit, visit.option, visit.domain, clock.instant(), ExactEip3009.INCLUSION);
    return switch (sound) {
      case Verification.Invalid<SoundBatch>(var reason) -> refused(reason);
      // A contract may say yes now and no when its voucher is claimed.
      case Verification.Valid<SoundBatch> _ when visit.deposit.config().isSignedByContract() ->
          refused(BatchReason.VOUCHER_SIGNATURE);
      case Verification.Valid<SoundBatch>(var batch) ->
          objectionToTerms(visit)
              .<Check>map(DepositDesk::refused)
              .orElseGet(() -> ChainOutage.unavailable(() -> checkOnChain(visit, batch)));
    };
  }

  private Optional<String> objectionToTerms(Visit visit) {
    // What stays undecided holds part of its payer's balance until then: no longer than the option
    // allows, give or take a clock.
    var latest = clock.instant().getEpochSecond() + visit.option.maxTimeoutSeconds() + SKEW_SECONDS;
    if (deadline(visit.deposit.authorization()).compareTo(BigInteger.valueOf(latest + 1)) > 0) {
      return Optional.of(BatchReason.VALID_BEFORE);
    }
    return visit.approval.flatMap(
        approval -> DepositApproval.objection(approval, visit.deposit, clock.instant()));
  }

  private Check checkOnChain(Visit visit, SoundBatch batch) {
    var payload = visit.deposit;
    var seen = reads.read(payload.key(), payload.config().asset());
    for (var undecided : batch.undecided()) {
      var objection =
          signers.objection(
              undecided.signature(), seen.payerHasCode(), seen.block(), undecided.reason());
      if (objection.isPresent()) {
        return refused(objection.get());
      }
    }
    var deposit = deposit(visit, Math.max(0, seen.block().number() - reorgDepth));
    if (seen.isNonceUsed()) {
      return new Check.Failed(usedBefore(visit, deposit));
    }
    if (seen.balance().compareTo(payload.amount()) < 0) {
      return refused(BatchReason.INSUFFICIENT_BALANCE);
    }
    if (visit.approval.isEmpty() && seen.usable().compareTo(payload.amount()) < 0) {
      return refused(BatchReason.PERMIT2_ALLOWANCE_REQUIRED);
    }
    var correction = correction(visit);
    if (correction.isPresent()) {
      return new Check.Failed(correction.get());
    }
    var data = data(visit);
    return carrier.wouldSucceed(data)
        ? new Check.Passed(deposit, seen, data)
        : refused(BatchReason.DEPOSIT_SIMULATION_FAILED);
  }

  /** Anyone may have sent it before it came here: the money is in the channel all the same. */
  private Entry usedBefore(Visit visit, Deposit deposit) {
    return carrier
        .arrival(deposit)
        .<Entry>map(settlement -> new Entry.Deposited(settlement, vouchers.enter(visit.paying())))
        .orElseGet(() -> new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
  }

  /** Why the voucher would not be taken after the deposit: then nothing is to be sent. */
  private Optional<Entry> correction(Visit visit) {
    var channel = visit.deposit.voucher().channel();
    var seen = channels.read(List.of(channel)).getFirst();
    var till = books.channels();
    if (seen.balance().signum() > 0 || till.find(channel).isPresent()) {
      till.sync(channel, visit.deposit.config(), seen);
    }
    var standing =
        till.find(channel)
            .map(account -> account.standing())
            .orElseGet(() -> new Standing(seen.claimed(), BigInteger.ZERO, Optional.empty(), seen));
    return objection(visit, standing)
        .map(reason -> new Entry.Corrected(reason, ChannelDesk.correction(channel, standing)));
  }

  private static Optional<String> objection(Visit visit, Standing standing) {
    if (standing.onChain().withdrawal().isPresent()) {
      return Optional.of(BatchReason.CUMULATIVE_EXCEEDS_BALANCE);
    }
    if (visit.call.isEmpty() && standing.reserved().signum() > 0) {
      return Optional.of(BatchReason.CHANNEL_BUSY);
    }
    var numbers =
        new ChannelNumbers(
            standing.charged(),
            standing.reserved(),
            standing.voucher().map(voucher -> voucher.ceiling()).orElse(standing.charged()),
            standing.onChain().balance(),
            standing.onChain().claimed());
    var rule = visit.call.isPresent() ? CeilingRule.HEADROOM : CeilingRule.LITERAL;
    return rule.objection(
        visit.deposit.voucher().ceiling(),
        visit.option.amount(),
        numbers.withDeposit(visit.deposit.amount()));
  }

  private static Check refused(String reason) {
    return new Check.Failed(new Entry.Refused(reason));
  }

  private static Bytes data(Visit visit) {
    var authorization = visit.deposit.authorization();
    var collectorData =
        switch (authorization) {
          case DepositAuthorization.Permit2 permit when visit.approval.isPresent() ->
              DepositCalls.collectorData(permit, visit.approval.get());
          case DepositAuthorization.Permit2 _, DepositAuthorization.Erc3009 _ ->
              DepositCalls.collectorData(authorization);
        };
    return ChannelCalls.deposit(
        visit.deposit.config(),
        visit.deposit.amount(),
        DepositCalls.collector(authorization),
        collectorData);
  }

  private static Deposit deposit(Visit visit, long searchFrom) {
    var payload = visit.deposit;
    return new Deposit(
        payload.key(),
        payload.voucher().channel(),
        payload.config(),
        payload.amount(),
        deadline(payload.authorization()),
        searchFrom);
  }

  /** The first second in which no block can hold it. */
  private static BigInteger deadline(DepositAuthorization authorization) {
    return switch (authorization) {
      case DepositAuthorization.Erc3009 erc3009 -> erc3009.validBefore();
      case DepositAuthorization.Permit2 permit -> permit.deadline().add(BigInteger.ONE);
    };
  }

  private Duration lease(Instant deadline) {
    return Duration.between(clock.instant(), deadline).plus(MARGIN);
  }
}
