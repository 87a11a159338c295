package io.stoa.chain.send;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.RpcException;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings one nonce to its end: broadcasts, waits, broadcasts again what the node has lost, pays
 * more for what is stuck. For one thread.
 */
final class Delivery {
  private static final System.Logger LOG = System.getLogger(TransactionSender.class.getName());

  private final Desk desk;
  private final ReceiptWatch watch;
  private final Runnable closeGaps;
  private Sent sent;
  private String refusal = "it was cancelled";
  private boolean maybeDisplaced;
  private boolean displaced;
  private long offeredAt = System.nanoTime();

  /**
   * @param closeGaps makes sure that everything before this nonce is at the node
   */
  Delivery(Desk desk, ReceiptWatch watch, Runnable closeGaps, Sent sent) {
    this.desk = desk;
    this.watch = watch;
    this.closeGaps = closeGaps;
    this.sent = sent;
  }

  /** Whether the nonce went to a transaction that the log does not know. */
  boolean wasDisplaced() {
    return displaced;
  }

  /**
   * @param deadline nanoseconds of {@link System#nanoTime}
   */
  SendOutcome run(long deadline) {
    var end = cautiously(this::start);
    while (end.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return new SendOutcome.OutcomeUnknown(sent.latest().hash());
      }
      long patience = Math.min(left, desk.policy().recheckAfter().toNanos());
      var receipt = watch.await(Desk.hashes(sent), Duration.ofNanos(patience));
      end = receipt.isPresent() ? receipt.map(this::conclude) : cautiously(this::review);
    }
    return end.get();
  }

  private Optional<SendOutcome> start() {
    if (sent.outcome().isPresent()) {
      return review();
    }
    offer();
    return maybeDisplaced ? review() : Optional.empty();
  }

  private void offer() {
    var offered = desk.offer(sent);
    sent = offered.sent();
    refusal = offered.refusal().orElse(refusal);
    maybeDisplaced = offered.nonceTooLow();
    offeredAt = System.nanoTime();
  }

  /** Looks at the log and the chain anew: others may work on the same nonce. */
  private Optional<SendOutcome> review() {
    sent = desk.log().find(sent.account(), sent.nonce()).orElse(sent);
    return switch (desk.look(sent)) {
      case Desk.Sight.Mined(var receipt) -> Optional.of(conclude(receipt));
      case Desk.Sight.UsedUp _ -> usedUp();
      case Desk.Sight.Waiting waiting -> {
        maybeDisplaced = false;
        push(waiting);
        yield Optional.empty();
      }
    };
  }

  /** Believed when seen twice: a node may show a nonce before it shows the receipt. */
  private Optional<SendOutcome> usedUp() {
    if (!maybeDisplaced) {
      maybeDisplaced = true;
      return Optional.empty();
    }
    displaced = true;
    desk.conclude(sent, new Outcome.Displaced());
    return Optional.of(
        new SendOutcome.NotSent("another transaction of the account took its nonce"));
  }

  private void push(Desk.Sight.Waiting seen) {
    if (!seen.next()) {
      closeGaps.run();
    }
    if (!seen.known()) {
      offer();
    } else if (System.nanoTime() - offeredAt > desk.policy().bumpAfter().toNanos()) {
      desk.bump(sent).ifPresent(dearer -> sent = dearer);
      offer();
    }
  }

  private SendOutcome conclude(Receipt receipt) {
    var outcome = desk.outcomeOf(sent, receipt);
    desk.conclude(sent, outcome);
    return switch (outcome) {
      case Outcome.Mined(_, _, boolean succeeded) when succeeded -> new SendOutcome.Mined(receipt);
      case Outcome.Mined _ -> new SendOutcome.Reverted(receipt);
      case Outcome.Cancelled _, Outcome.Displaced _ -> new SendOutcome.NotSent(refusal);
    };
  }

  /** Once something may be at the node, a failing node or log only delays the answer. */
  private Optional<SendOutcome> cautiously(
      java.util.function.Supplier<Optional<SendOutcome>> step) {
    try {
      return step.get();
    } catch (RpcException silent) {
      return Optional.empty();
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.WARNING, "send-step-failed", failed);
      return Optional.empty();
    }
  }
}
