package io.stoa.payments.facilitator;

import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.GasEstimate;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.Sent;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Bytes;
import io.stoa.domain.MarketException;
import io.stoa.x402.batch.ChannelContracts;
import java.time.Duration;
import java.util.Optional;

/**
 * The facilitator's transactions to the channel contract: one for each purpose, however often it is
 * asked for (x402 §14, rule 41). Fails like {@link Rpc}.
 *
 * @param sends the log that {@code sender} writes
 */
record OrderSends(Rpc rpc, TransactionSender sender, SendLog sends) {
  /** A refund, or a payout, with its transaction takes 60,000 to 110,000. */
  private static final long ORDER_GAS = 200_000;

  /** A claim takes 25,000 a channel, or what a payer's contract needs to say yes. */
  private static final long ROW_GAS = 250_000;

  /**
   * Whether {@code data} would go through now, for the gas that it may take: strangers must not
   * make it pay for failures, nor for what a payer's contract does when it is asked.
   *
   * @param rows how many channels it is about
   */
  boolean wouldSucceed(Bytes data, int rows) {
    var call = Call.of(ChannelContracts.CHANNELS, data).from(sender.account());
    return rpc.estimateGas(call) instanceof GasEstimate.Uses(var gas)
        && gas <= ORDER_GAS + rows * ROW_GAS;
  }

  /** What was sent for {@code purpose} and did not fail, brought to its end. */
  Optional<SendOutcome> earlier(String purpose, Duration patience) {
    return sends.findByPurpose(purpose).flatMap(sent -> end(sent, patience));
  }

  private Optional<SendOutcome> end(Sent sent, Duration patience) {
    if (sent.outcome().isEmpty()) {
      return Optional.of(sender.await(sent, patience));
    }
    return sent.outcome().get() instanceof Outcome.Mined(var transaction, _, var succeeded)
            && succeeded
        ? Optional.of(
            rpc.receipt(transaction)
                .<SendOutcome>map(SendOutcome.Mined::new)
                .orElseGet(() -> new SendOutcome.OutcomeUnknown(transaction)))
        : Optional.empty();
  }

  SendOutcome send(Bytes data, String purpose, Duration patience) {
    try {
      return sender.send(
          TransactionRequest.call(ChannelContracts.CHANNELS, data), purpose, patience);
    } catch (MarketException.Conflict copy) {
      return earlier(purpose, patience).orElseThrow(() -> copy);
    }
  }
}
