package io.stoa.payments.facilitator;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelEvents;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.channel.VoucherClaim;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.send.SendOutcome;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.payments.ChainOutage;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.ChannelDigests.ClaimEntry;
import io.stoa.x402.batch.ServerOrder;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Claims, pays out and refunds for the servers that channels pay. Only who is known to be the
 * receiver is served: otherwise a stranger could have money refunded that a server has earned.
 * Blocks; fails with {@link io.stoa.domain.MarketException.Unavailable} when the chain does not
 * answer.
 */
public final class ReceiverDesk {
  private static final String NOT_AUTHENTICATED = "receiver_not_authenticated";
  private static final String NOT_SERVED = "channel_not_served";

  private final ChainId chain;
  private final Set<Asset> accepted;
  private final ChannelDigests digests;
  private final ChannelReads channels;
  private final OrderSends sends;
  private final SigningKey authorizer;
  private final Address gateway;

  /**
   * @param accepted the tokens whose channels are served
   * @param authorizer signs for channels that trust this facilitator
   * @param gateway the authorizer of the node's own channels, which are no business of strangers
   */
  ReceiverDesk(
      ChainId chain,
      Set<Asset> accepted,
      ChannelReads channels,
      OrderSends sends,
      SigningKey authorizer,
      Address gateway) {
    this.chain = chain;
    this.accepted = Set.copyOf(accepted);
    this.digests = ChannelDigests.of(chain);
    this.channels = channels;
    this.sends = sends;
    this.authorizer = authorizer;
    this.gateway = gateway;
  }

  /**
   * Carries {@code order} out, once, however often it is asked.
   *
   * @param receivers that the asking server is known to be
   */
  public SettlementResponse carryOut(ServerOrder order, Set<Address> receivers, Duration patience) {
    return ChainOutage.unavailable(
        () ->
            objection(order, receivers)
                .map(reason -> failed(order, Optional.empty(), reason))
                .orElseGet(
                    () ->
                        switch (order) {
                          case ServerOrder.Claim claim -> claim(claim, patience);
                          case ServerOrder.Settle settle -> settle(settle, patience);
                          case ServerOrder.Refund refund -> refund(refund, patience);
                        }));
  }

  private Optional<String> objection(ServerOrder order, Set<Address> receivers) {
    if (order instanceof ServerOrder.Settle(var receiver, var asset)) {
      if (!receivers.contains(receiver)) {
        return Optional.of(NOT_AUTHENTICATED);
      }
      return accepted.contains(asset) ? Optional.empty() : Optional.of(NOT_SERVED);
    }
    var configs = configs(order).toList();
    if (!configs.stream().allMatch(config -> receivers.contains(config.receiver()))) {
      return Optional.of(NOT_AUTHENTICATED);
    }
    if (configs.stream().anyMatch(config -> !isServed(config))) {
      return Optional.of(NOT_SERVED);
    }
    return isSignatureMissing(order)
            && configs.stream()
                .anyMatch(config -> !config.receiverAuthorizer().equals(authorizer.address()))
        ? Optional.of(BatchReason.AUTHORIZER_ADDRESS_MISMATCH)
        : Optional.empty();
  }

  private boolean isServed(ChannelConfig config) {
    return accepted.contains(config.asset()) && !config.receiverAuthorizer().equals(gateway);
  }

  private static Stream<ChannelConfig> configs(ServerOrder order) {
    return switch (order) {
      case ServerOrder.Claim(var rows, _) -> rows.stream().map(ServerOrder.Row::config);
      case ServerOrder.Refund refund ->
          Stream.concat(
              Stream.of(refund.config()), refund.rows().stream().map(ServerOrder.Row::config));
      case ServerOrder.Settle _ -> Stream.of();
    };
  }

  private static boolean isSignatureMissing(ServerOrder order) {
    return switch (order) {
      case ServerOrder.Claim(_, var signature) -> signature.isEmpty();
      case ServerOrder.Refund refund ->
          refund.signature().isEmpty()
              || (!refund.rows().isEmpty() && refund.claimSignature().isEmpty());
      case ServerOrder.Settle _ -> false;
    };
  }

  private SettlementResponse claim(ServerOrder.Claim claim, Duration patience) {
    var data = claimCall(claim.rows(), claim.signature());
    var purpose = "facilitator claim " + Bytes32.sha256(data.toBytes());
    return switch (attempt(data, claim.rows().size(), purpose, patience)) {
      case Attempt.Done(var receipt) ->
          succeeded(Optional.empty(), receipt.transaction(), Optional.empty());
      case Attempt.Useless _ ->
          failed(claim, Optional.empty(), BatchReason.CLAIM_SIMULATION_FAILED);
      case Attempt.Failed(var transaction) ->
          failed(claim, transaction, BatchReason.CLAIM_TRANSACTION_FAILED);
      case Attempt.Pending(var transaction) -> pending(claim, transaction);
    };
  }

  private SettlementResponse settle(ServerOrder.Settle settle, Duration patience) {
    var earnings = channels.earnings(settle.receiver(), settle.asset(), BlockId.LATEST);
    if (earnings.due().signum() == 0) {
      return failed(settle, Optional.empty(), BatchReason.NOTHING_TO_SETTLE);
    }
    var data = ChannelCalls.settle(settle.receiver(), settle.asset().token());
    var purpose =
        "facilitator settle %s %s %s"
            .formatted(settle.receiver(), settle.asset(), earnings.settled());
    return switch (attempt(data, 0, purpose, patience)) {
      case Attempt.Done(var receipt) ->
          succeeded(Optional.empty(), receipt.transaction(), settledAmount(settle, receipt));
      case Attempt.Useless _ ->
          failed(settle, Optional.empty(), BatchReason.SETTLE_SIMULATION_FAILED);
      case Attempt.Failed(var transaction) ->
          failed(settle, transaction, BatchReason.SETTLE_TRANSACTION_FAILED);
      case Attempt.Pending(var transaction) -> pending(settle, transaction);
    };
  }

  private SettlementResponse refund(ServerOrder.Refund refund, Duration patience) {
    var channel = digests.channelId(refund.config());
    var data = refundCall(refund, channel);
    var purpose = "facilitator refund " + channel + " " + refund.nonce();
    return switch (attempt(data, refund.rows().size(), purpose, patience)) {
      case Attempt.Done(var receipt) -> {
        var extra = HeaderCodec.object();
        extra.set(
            "channelState",
            ChannelSnapshot.json(channel, channels.read(List.of(channel)).getFirst()));
        yield succeeded(
                Optional.of(refund.config().payer()),
                receipt.transaction(),
                refundedAmount(channel, receipt))
            .withExtra(extra);
      }
      case Attempt.Useless _ ->
          failed(refund, Optional.empty(), BatchReason.REFUND_SIMULATION_FAILED);
      case Attempt.Failed(var transaction) ->
          failed(refund, transaction, BatchReason.REFUND_TRANSACTION_FAILED);
      case Attempt.Pending(var transaction) -> pending(refund, transaction);
    };
  }

  /** What came of a transaction. */
  private sealed interface Attempt {
    record Done(Receipt receipt) implements Attempt {}

    /** It would fail, and was not sent. */
    record Useless() implements Attempt {}

    record Failed(Optional<TxHash> transaction) implements Attempt {}

    record Pending(TxHash transaction) implements Attempt {}
  }

  private Attempt attempt(Bytes data, int rows, String purpose, Duration patience) {
    var earlier = sends.earlier(purpose, patience);
    if (earlier.isEmpty() && !sends.wouldSucceed(data, rows)) {
      // A copy that was faster may be why.
      earlier = sends.earlier(purpose, patience);
      if (earlier.isEmpty()) {
        return new Attempt.Useless();
      }
    }
    var end = earlier.orElseGet(() -> sends.send(data, purpose, patience));
    if (end instanceof SendOutcome.NotSent) {
      end = sends.earlier(purpose, patience).orElse(end);
    }
    return switch (end) {
      case SendOutcome.Mined(var receipt) -> new Attempt.Done(receipt);
      case SendOutcome.Reverted(var receipt) ->
          new Attempt.Failed(Optional.of(receipt.transaction()));
      case SendOutcome.NotSent _ -> new Attempt.Failed(Optional.empty());
      case SendOutcome.OutcomeUnknown(var hash) -> new Attempt.Pending(hash);
    };
  }

  private Bytes claimCall(List<ServerOrder.Row> rows, Optional<Bytes> given) {
    var entries = new ArrayList<ClaimEntry>(rows.size());
    var claims = new ArrayList<VoucherClaim>(rows.size());
    for (var row : rows) {
      var voucher = row.voucher();
      entries.add(new ClaimEntry(voucher.channel(), voucher.ceiling(), row.totalClaimed()));
      claims.add(new VoucherClaim(row.config(), voucher, row.totalClaimed()));
    }
    return ChannelCalls.claimWithSignature(
        claims, given.orElseGet(() -> sign(digests.claimBatch(entries))));
  }

  private Bytes refundCall(ServerOrder.Refund refund, ChannelId channel) {
    var signature =
        refund
            .signature()
            .orElseGet(() -> sign(digests.refund(channel, refund.nonce(), refund.amount())));
    var call =
        ChannelCalls.refundWithSignature(
            refund.config(), refund.amount(), refund.nonce(), signature);
    return refund.rows().isEmpty()
        ? call
        : ChannelCalls.multicall(List.of(claimCall(refund.rows(), refund.claimSignature()), call));
  }

  private Bytes sign(Bytes32 digest) {
    return Bytes.wrap(authorizer.sign(digest).toBytes());
  }

  private static Optional<BigInteger> settledAmount(ServerOrder.Settle settle, Receipt receipt) {
    return entries(receipt)
        .flatMap(
            entry ->
                entry instanceof ChannelEvents.Entry.Settled(var receiver, var token, var amount)
                        && receiver.equals(settle.receiver())
                        && token.equals(settle.asset().token())
                    ? Stream.of(amount)
                    : Stream.of())
        .findFirst();
  }

  private static Optional<BigInteger> refundedAmount(ChannelId channel, Receipt receipt) {
    return entries(receipt)
        .flatMap(
            entry ->
                entry instanceof ChannelEvents.Entry.Refunded(var of, var amount)
                        && of.equals(channel)
                    ? Stream.of(amount)
                    : Stream.of())
        .findFirst();
  }

  private static Stream<ChannelEvents.Entry> entries(Receipt receipt) {
    return receipt.logs().stream()
        .filter(log -> log.address().equals(ChannelContracts.CHANNELS))
        .flatMap(log -> ChannelEvents.decode(log).stream());
  }

  private SettlementResponse succeeded(
      Optional<Address> payer, TxHash transaction, Optional<BigInteger> amount) {
    return new SettlementResponse(true, Optional.of(transaction), chain, payer, amount, null);
  }

  private SettlementResponse pending(ServerOrder order, TxHash transaction) {
    return failed(order, Optional.of(transaction), SettlementResponse.PENDING);
  }

  private SettlementResponse failed(
      ServerOrder order, Optional<TxHash> transaction, String reason) {
    return new SettlementResponse(
        false,
        transaction,
        chain,
        order instanceof ServerOrder.Refund refund
            ? Optional.of(refund.config().payer())
            : Optional.empty(),
        Optional.empty(),
        reason);
  }
}
