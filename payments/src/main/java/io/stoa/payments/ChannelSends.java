package io.stoa.payments;

import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.GasEstimate;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.x402.batch.ChannelContracts;
import java.time.Duration;

/**
 * The node's transactions to the channel contract, each named by its purpose.
 *
 * @param sends the log that {@code sender} writes
 */
record ChannelSends(Rpc rpc, TransactionSender sender, SendLog sends) {

  /** What is known of the last transaction that was sent for a purpose. */
  enum Trace {
    /** None was ever signed. */
    NOTHING,
    /** It may be mined now or later. */
    UNDER_WAY,
    /** It is on the chain, and did what it was meant to. */
    SUCCEEDED,
    /** It is on the chain, and changed nothing. */
    REVERTED,
    /** Another transaction took its place. */
    REPLACED
  }

  Trace trace(String purpose) {
    return sends
        .findByPurpose(purpose)
        .map(sent -> sent.outcome().map(ChannelSends::trace).orElse(Trace.UNDER_WAY))
        .orElse(Trace.NOTHING);
  }

  private static Trace trace(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Mined(_, _, var succeeded) -> succeeded ? Trace.SUCCEEDED : Trace.REVERTED;
      case Outcome.Cancelled _, Outcome.Displaced _ -> Trace.REPLACED;
    };
  }

  /**
   * Whether {@code data} would go through now for no more than {@code gas}: otherwise strangers
   * could make the node pay for transactions that fail.
   */
  boolean wouldSucceed(Bytes data, long gas) {
    return wouldSucceed(data, sender.account(), gas);
  }

  /** The same if {@code caller} sent it. */
  boolean wouldSucceed(Bytes data, Address caller, long gas) {
    var call = Call.of(ChannelContracts.CHANNELS, data).from(caller);
    return rpc.estimateGas(call) instanceof GasEstimate.Uses(long needed) && needed <= gas;
  }

  SendOutcome send(Bytes data, long gas, String purpose, Duration patience) {
    var request = TransactionRequest.call(ChannelContracts.CHANNELS, data).withGasLimit(gas);
    return sender.send(request, purpose, patience);
  }
}
