package io.stoa.chain.send;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.RpcException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Broadcasts one nonce and waits for its end, while {@link Sweep} sees to it that there is one. For
 * one thread.
 */
final class Delivery {
  private static final System.Logger LOG = System.getLogger(TransactionSender.class.getName());

  private final Desk desk;
  private final ReceiptWatch watch;
  private final Sweep sweep;
  private Sent sent;
  private String refusal = "it was cancelled";
  private boolean displaced;

  Delivery(Desk desk, ReceiptWatch watch, Sweep sweep, Sent sent) {
    this.desk = desk;
    this.watch = watch;
    this.sweep = sweep;
    this.sent = sent;
  }

  /** Whether the nonce went to a transaction that the log does not know. */
  boolean wasDisplaced() {
    return displaced;
  }

  /**
   * @param deadline nanoseconds of {@link System#nanoTime}
   * @param offered runs after the first attempt to broadcast
   */
  SendOutcome run(long deadline, Runnable offered) {
    var end = cautiously(this::start);
    offered.run();
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
      return ended();
    }
    var offered = desk.offer(sent);
    sent = offered.sent();
    refusal = offered.refusal().orElse(refusal);
    return offered.nonceTooLow() ? usedUp() : Optional.empty();
  }

  /** The nonce is gone: to a variant of ours, or else, if the second look shows none either. */
  private Optional<SendOutcome> usedUp() {
    var ours = watch.await(Desk.hashes(sent), desk.policy().recheckAfter());
    if (ours.isPresent()) {
      return ours.map(this::conclude);
    }
    reload();
    return ended().or(this::endOnChain);
  }

  private Optional<SendOutcome> endOnChain() {
    return switch (desk.look(sent)) {
      case Desk.Sight.Mined(var receipt) -> Optional.of(conclude(receipt));
      case Desk.Sight.UsedUp _ -> {
        desk.conclude(sent, new Outcome.Displaced());
        yield Optional.of(displaced());
      }
      case Desk.Sight.Waiting _ -> Optional.empty();
    };
  }

  private Optional<SendOutcome> review() {
    sweep.runIfDue();
    reload();
    return ended();
  }

  /** Others may have added variants, or written down the end. */
  private void reload() {
    sent = desk.log().find(sent.account(), sent.nonce()).orElse(sent);
  }

  /** The end that somebody else has written down. */
  private Optional<SendOutcome> ended() {
    return sent.outcome()
        .flatMap(
            outcome ->
                switch (outcome) {
                  case Outcome.Mined(var hash, _, _) -> desk.rpc().receipt(hash).map(Delivery::of);
                  case Outcome.Cancelled _ -> Optional.of(new SendOutcome.NotSent(refusal));
                  case Outcome.Displaced _ -> Optional.of(displaced());
                });
  }

  private SendOutcome displaced() {
    displaced = true;
    return new SendOutcome.NotSent("another transaction of the account took its nonce");
  }

  private SendOutcome conclude(Receipt receipt) {
    var outcome = desk.outcomeOf(sent, receipt);
    desk.conclude(sent, outcome);
    return outcome instanceof Outcome.Mined ? of(receipt) : new SendOutcome.NotSent(refusal);
  }

  private static SendOutcome of(Receipt receipt) {
    return receipt.succeeded() ? new SendOutcome.Mined(receipt) : new SendOutcome.Reverted(receipt);
  }

  /** Once something may be at the node, a failing node or log only delays the answer. */
  private static Optional<SendOutcome> cautiously(Supplier<Optional<SendOutcome>> step) {
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
