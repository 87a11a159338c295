package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Deposit;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.permit2.Eip2612Approval;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Sends deposits into channels of other servers, each once, however often it is asked: it takes the
 * same row as one that was paid to this node. Every method blocks: call from a virtual thread.
 */
public final class DepositRelay {
  private static final System.Logger LOG = System.getLogger(DepositRelay.class.getName());

  /** Until whoever asks again may look what became of one that was sent in vain. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int MOST_WAITING = 1_000;

  /** What a node may take to answer after the deadline, while the deposit is still the holder's. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final ChannelBooks books;
  private final DepositReads reads;
  private final DepositCarrier carrier;
  private final Outcomes outcomes;
  private final long reorgDepth;
  private final Clock clock;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /** How it ended, as far as is known. */
  public sealed interface Outcome {
    /** The money is in the channel, by whosever transaction. */
    record Deposited(Settlement settlement) implements Outcome {}

    /** Nothing was moved. */
    record Refused(String reason) implements Outcome {}

    /** It is on its way to the chain: ask again. */
    record Pending(TxHash transaction) implements Outcome {}

    /** Nothing is on its way yet, and may still be: ask again. */
    record Undecided() implements Outcome {}
  }

  private DepositRelay(
      ChannelBooks books,
      DepositReads reads,
      DepositCarrier carrier,
      Outcomes outcomes,
      long reorgDepth,
      Clock clock) {
    this.books = books;
    this.reads = reads;
    this.carrier = carrier;
    this.outcomes = outcomes;
    this.reorgDepth = reorgDepth;
    this.clock = clock;
  }

  /**
   * @param sends the log that {@code sender} writes
   * @param reorgDepth blocks below the head that may still be replaced
   */
  public static DepositRelay of(
      ChannelBooks books,
      Rpc rpc,
      Finality finality,
      TransactionSender sender,
      SendLog sends,
      long reorgDepth,
      Clock clock) {
    var reads = new DepositReads(rpc);
    var outcomes = new Outcomes();
    var carrier =
        new DepositCarrier(
            books.deposits(),
            new ChannelSends(rpc, sender, sends),
            new DepositEvidence(rpc, reads, books.deposits(), finality),
            new ChannelMoves(books.channels(), new ChannelReads(rpc, ChannelContracts.CHANNELS)),
            outcomes);
    return new DepositRelay(books, reads, carrier, outcomes, reorgDepth, clock);
  }

  /**
   * Sends {@code payload} if nobody has, and waits for its end until {@code deadline}. Fails with
   * {@link io.stoa.domain.MarketException.Unavailable} only while nothing has happened.
   *
   * @param data the call that moves exactly this money into exactly this channel
   * @param objection why it would not be taken now; asked before anything is sent
   */
  public Outcome relay(
      BatchPayload.Deposit payload,
      Bytes data,
      Supplier<Optional<String>> objection,
      Instant deadline) {
    var work = new Work(payload, data, objection, deadline);
    while (true) {
      var known = books.deposits().find(work.id());
      var outcome = known.isPresent() ? follow(work, known.get()) : begin(work);
      if (outcome.isPresent()) {
        return outcome.get();
      }
      if (clock.instant().isAfter(deadline) || !waiting.tryAcquire()) {
        return undecided(work.id());
      }
      try {
        outcomes.await(work.id());
      } finally {
        waiting.release();
      }
    }
  }

  private record Work(
      BatchPayload.Deposit payload,
      Bytes data,
      Supplier<Optional<String>> objection,
      Instant deadline) {
    PaymentId id() {
      return payload.key().id();
    }
  }

  /** Empty when it is known after all, or its payer's balance must be read again. */
  private Optional<Outcome> begin(Work work) {
    var objection = work.objection.get();
    if (objection.isPresent()) {
      // What another copy has done meanwhile fails here: then there is an outcome to wait for.
      return books.deposits().find(work.id()).isPresent()
          ? Optional.empty()
          : objection.map(Outcome.Refused::new);
    }
    var payload = work.payload;
    var seen = ChainOutage.unavailable(() -> reads.read(payload.key(), payload.config().asset()));
    long block = seen.block().number();
    var deposit = DepositCheck.deposit(payload, Math.max(0, block - reorgDepth));
    return switch (books.deposits().claim(deposit, seen.balance(), block, lease(work))) {
      case CLAIMED -> Optional.of(guarded(deposit, () -> submit(deposit, work)));
      case TAKEN, STALE -> Optional.empty();
      case USED -> Optional.of(new Outcome.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
      case OVERDRAWN -> Optional.of(new Outcome.Refused(BatchReason.INSUFFICIENT_BALANCE));
    };
  }

  /** What an earlier request came to; empty while somebody is at work on it. */
  private Optional<Outcome> follow(Work work, Deposit.Known known) {
    var deposit = known.deposit();
    if (!deposit.isCopyOf(DepositCheck.deposit(work.payload, 0))) {
      return Optional.of(new Outcome.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    }
    return switch (known.state()) {
      case Deposit.State.Mined _, Deposit.State.Voided _ ->
          Optional.of(outcome(deposit, known.state()));
      case Deposit.State.Open _ ->
          books.deposits().takeOver(deposit, lease(work))
              ? Optional.of(guarded(deposit, () -> resume(known, work)))
              : Optional.empty();
    };
  }

  /** Goes on where the holder stopped: looks first, and sends only what nobody sent. */
  private Deposit.State resume(Deposit.Known known, Work work) {
    var deposit = known.deposit();
    var state = carrier.examine(deposit);
    if (!(state instanceof Deposit.State.Open)) {
      return state;
    }
    boolean isUnsent =
        switch (carrier.trace(deposit)) {
          case NOTHING, REPLACED -> true;
          case UNDER_WAY, SUCCEEDED, REVERTED -> false;
        };
    if (isUnsent && work.objection.get().isEmpty()) {
      return submit(deposit, work);
    }
    books.deposits().putOff(deposit, Pause.after(known.presentedAt(), clock.instant()));
    return state;
  }

  private Deposit.State submit(Deposit deposit, Work work) {
    var state = carrier.submit(deposit, work.data, left(work));
    if (state instanceof Deposit.State.Open) {
      books.deposits().putOff(deposit, PAUSE);
    }
    return state;
  }

  /** Once it may be on its way, no failure is an answer. */
  private Outcome guarded(Deposit deposit, Supplier<Deposit.State> sending) {
    try {
      return outcome(deposit, sending.get());
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "deposit interrupted, left to others: " + deposit.id(), failure);
      return undecided(deposit.id());
    }
  }

  private Duration left(Work work) {
    return Duration.between(clock.instant(), work.deadline);
  }

  private Duration lease(Work work) {
    return left(work).plus(MARGIN);
  }

  private Outcome outcome(Deposit deposit, Deposit.State state) {
    return switch (state) {
      case Deposit.State.Mined(var settlement, _) -> new Outcome.Deposited(settlement);
      case Deposit.State.Voided(var reason, _) -> new Outcome.Refused(reason);
      case Deposit.State.Open _ -> undecided(deposit.id());
    };
  }

  private Outcome undecided(PaymentId id) {
    return carrier
        .transaction(id)
        .<Outcome>map(Outcome.Pending::new)
        .orElseGet(Outcome.Undecided::new);
  }

  /**
   * The call of the channel contract that makes a deposit; anyone may send it.
   *
   * @param approval of Permit2, if the payer sent one
   */
  public static Bytes call(BatchPayload.Deposit payload, Optional<Eip2612Approval> approval) {
    var authorization = payload.authorization();
    var data =
        authorization instanceof DepositAuthorization.Permit2 permit && approval.isPresent()
            ? DepositCalls.collectorData(permit, approval.get())
            : DepositCalls.collectorData(authorization);
    return ChannelCalls.deposit(
        payload.config(), payload.amount(), DepositCalls.collector(authorization), data);
  }
}
