package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.registry.SplitterReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.persistence.till.Till;
import java.time.Duration;
import java.util.Optional;

/**
 * Sees what providers pay back of what they owe: by the splitter that was paid, to the payer, at
 * least the price, under the payment's id. Final blocks alone count. Any number of instances may
 * run it.
 */
public final class RefundWatch {
  private static final System.Logger LOG = System.getLogger(RefundWatch.class.getName());
  private static final Bytes32 REFUNDED =
      Abi.topic("Refunded(address,address,bytes32,address,uint256)");
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);
  private static final int BATCH = 64;
  private static final int RANGE = 2_000;

  private final Till till;
  private final Rpc rpc;
  private final SplitterReads splitters;
  private final Finality finality;

  RefundWatch(Till till, Rpc rpc, Finality finality) {
    this.till = till;
    this.rpc = rpc;
    this.splitters = new SplitterReads(rpc);
    this.finality = finality;
  }

  /** One round over the debts that were not looked at for a while. Blocks. */
  public void run() {
    for (var payment : till.refundsDue(BATCH, SHORTEST_PAUSE)) {
      try {
        look(payment);
      } catch (RuntimeException failure) {
        LOG.log(WARNING, "debt not looked at, will be tried again: " + payment.id(), failure);
      }
    }
  }

  private void look(Payment payment) {
    if (!(payment.state() instanceof PaymentState.RefundDue(var settlement, var isFinal))
        || !isFinal) {
      return;
    }
    var last = rpc.finalHead(finality).orElseThrow();
    var splitter = payment.signed().payTo();
    if (splitters.isRefunded(splitter, payment.id().value(), BlockId.of(last.hash()))) {
      refund(payment, settlement.block().number(), last.number())
          .ifPresent(log -> till.refunded(payment, log.transaction()));
    }
  }

  /** In steps that every node answers. */
  private Optional<Log> refund(Payment payment, long from, long to) {
    var signed = payment.signed();
    var price = payment.price();
    var filter =
        LogFilter.of(signed.payTo())
            .and(REFUNDED)
            .and(Abi.word(price.asset().token()))
            .and(Abi.word(signed.payer()))
            .and(payment.id().value());
    for (long start = from; start <= to; start += RANGE) {
      for (var log : rpc.logs(filter, start, Math.min(start + RANGE - 1, to))) {
        var amount = Abi.wordAt(log.data().toBytes(), 1).toUnsigned();
        if (amount.compareTo(price.units()) >= 0) {
          return Optional.of(log);
        }
      }
    }
    return Optional.empty();
  }
}
