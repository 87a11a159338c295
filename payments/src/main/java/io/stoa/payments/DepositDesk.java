package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.Reservation;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Eip2612Approval;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

  /** What a node may take to answer after the deadline, while the deposit is still the holder's. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ChannelBooks books;
  private final ChannelDesk vouchers;
  private final DepositCheck check;
  private final DepositCarrier carrier;
  private final Outcomes outcomes;
  private final Clock clock;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  DepositDesk(
      ChannelBooks books,
      ChannelDesk vouchers,
      DepositCheck check,
      DepositCarrier carrier,
      Outcomes outcomes,
      Clock clock) {
    this.books = books;
    this.vouchers = vouchers;
    this.check = check;
    this.carrier = carrier;
    this.outcomes = outcomes;
    this.clock = clock;
  }

  /**
   * A deposit as it came with a request.
   *
   * @param approval of Permit2, if the payer sent one
   * @param option what was asked of this request
   * @param binding the digest of all that makes it this call and no other
   */
  public record Visit(
      BatchPayload.Deposit deposit,
      Optional<Eip2612Approval> approval,
      PaymentRequirements option,
      TokenDomain domain,
      Purchase purchase,
      RequestDigest request,
      Reservation.Mode mode,
      Bytes32 binding) {

    private ChannelDesk.Visit paying() {
      var payment = new BatchPayload.Pay(deposit.config(), deposit.voucher());
      return new ChannelDesk.Visit(payment, option, domain, purchase, request, mode, binding);
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

    /** The name of the call stands for another one, so that nothing was sent. */
    record NameTaken() implements Entry {}

    /** It was sent, and its outcome is not known yet. Presented again, it is not sent again. */
    record Undecided(PaymentId id) implements Entry {}
  }

  /** Decides what {@code visit} opens. Waits for the chain until {@code deadline}. */
  public Entry enter(Visit visit, Instant deadline) {
    if (vouchers.isNameTaken(visit.paying())) {
      return new Entry.NameTaken();
    }
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
    var result = check.of(visit);
    if (!(result instanceof DepositCheck.Result.Sound(var deposit, var seen, var data))) {
      // What another copy has done meanwhile fails here: then there is an outcome to wait for.
      return books.deposits().find(visit.deposit.key().id()).isPresent()
          ? Optional.empty()
          : failed(visit, result, deadline);
    }
    return switch (claim(deposit, seen, deadline)) {
      case CLAIMED -> Optional.of(carry(visit, deposit, data, deadline));
      case TAKEN, STALE -> Optional.empty();
      case USED -> Optional.of(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
      case OVERDRAWN -> Optional.of(new Entry.Refused(BatchReason.INSUFFICIENT_BALANCE));
    };
  }

  private Deposit.Outcome claim(Deposit deposit, DepositReads.Seen seen, Instant deadline) {
    return books.deposits().claim(deposit, seen.balance(), seen.block().number(), lease(deadline));
  }

  /** What an earlier presentation came to; empty while somebody is at work on it. */
  private Optional<Entry> follow(Visit visit, Deposit.Known known, Instant deadline) {
    var deposit = known.deposit();
    if (!deposit.isCopyOf(DepositCheck.deposit(visit, 0))) {
      return Optional.of(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    }
    if (known.state() instanceof Deposit.State.Open
        && !books.deposits().takeOver(deposit, lease(deadline))) {
      return Optional.empty();
    }
    return switch (known.state()) {
      case Deposit.State.Open _ -> Optional.of(resume(visit, known, deadline));
      case Deposit.State.Mined _, Deposit.State.Voided _ ->
          Optional.of(decided(visit, deposit, known.state(), deadline));
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
      return decided(visit, deposit, state, deadline);
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
    var result = check.of(visit);
    if (result instanceof DepositCheck.Result.Sound(_, _, var data)) {
      return carry(visit, deposit, data, deadline);
    }
    books.deposits().putOff(deposit, Duration.ZERO);
    return failed(visit, result, deadline).orElseThrow();
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
      return decided(visit, deposit, state, deadline);
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

  private Entry decided(Visit visit, Deposit deposit, Deposit.State state, Instant deadline) {
    return switch (state) {
      case Deposit.State.Mined(var settlement, _) ->
          new Entry.Deposited(settlement, vouchers.enter(visit.paying(), deadline));
      case Deposit.State.Voided(var reason, _) -> new Entry.Refused(reason);
      case Deposit.State.Open _ -> new Entry.Undecided(deposit.id());
    };
  }

  /** Empty when there is something to send. */
  private Optional<Entry> failed(Visit visit, DepositCheck.Result result, Instant deadline) {
    return switch (result) {
      case DepositCheck.Result.Sound _ -> Optional.empty();
      case DepositCheck.Result.Refused(var reason) -> Optional.of(new Entry.Refused(reason));
      case DepositCheck.Result.Corrected(var reason, var correction) ->
          Optional.of(new Entry.Corrected(reason, correction));
      case DepositCheck.Result.Arrived(var settlement) ->
          Optional.of(new Entry.Deposited(settlement, vouchers.enter(visit.paying(), deadline)));
    };
  }

  private Duration lease(Instant deadline) {
    return Duration.between(clock.instant(), deadline).plus(MARGIN);
  }
}
