package io.stoa.chain.channel;

import io.stoa.chain.contract.PaymentChannels;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcBatch;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads of the channel contract. Blocks; fails like {@link Rpc}. */
public final class ChannelReads {
  private final Rpc rpc;
  private final Address contract;

  public ChannelReads(Rpc rpc, Address contract) {
    this.rpc = rpc;
    this.contract = contract;
  }

  /** One batch for all of them, in this order, all at the block that is the head now. */
  public List<ChannelOnChain> read(List<ChannelId> channels) {
    var head = rpc.head().ref();
    var batch = rpc.batch();
    var answers = channels.stream().map(channel -> ask(batch, channel, head)).toList();
    batch.send();
    return answers.stream().map(Supplier::get).toList();
  }

  /** How many refunds {@code channel} had at {@code block}. */
  public BigInteger refundNonce(ChannelId channel, BlockId block) {
    var data = PaymentChannels.getABI_refundNonce(channel.value().toBytes());
    return whole(words(rpc.call(call(data), block), 1), 0);
  }

  /**
   * What {@code receiver} has claimed in all, and been paid of it, in the asset's smallest unit.
   */
  public Earnings earnings(Address receiver, Asset asset, BlockId block) {
    var data = PaymentChannels.getABI_receivers(receiver.toString(), asset.token().toString());
    var words = words(rpc.call(call(data), block), 2);
    return new Earnings(whole(words, 0), whole(words, 1));
  }

  public record Earnings(BigInteger claimed, BigInteger settled) {
    /** What a settlement would pay. */
    public BigInteger due() {
      return claimed.subtract(settled);
    }
  }

  private Supplier<ChannelOnChain> ask(RpcBatch batch, ChannelId channel, BlockRef head) {
    var id = channel.value().toBytes();
    var at = BlockId.of(head.hash());
    var state = batch.add(request(PaymentChannels.getABI_channels(id), at));
    var pending = batch.add(request(PaymentChannels.getABI_pendingWithdrawals(id), at));
    var refunds = batch.add(request(PaymentChannels.getABI_refundNonce(id), at));
    return () ->
        read(words(state.get(), 2), words(pending.get(), 2), words(refunds.get(), 1), head);
  }

  private static ChannelOnChain read(byte[] state, byte[] pending, byte[] refunds, BlockRef head) {
    long since = whole(pending, 1).longValueExact();
    return new ChannelOnChain(
        whole(state, 0),
        whole(state, 1),
        since == 0
            ? Optional.empty()
            : Optional.of(
                new ChannelOnChain.Withdrawal(whole(pending, 0), Instant.ofEpochSecond(since))),
        whole(refunds, 0),
        head);
  }

  private RpcRequest<CallResult> request(String data, BlockId block) {
    return RpcRequest.call(call(data), block);
  }

  private Call call(String data) {
    return Call.of(contract, Bytes.parse(data));
  }

  private static byte[] words(CallResult result, int count) {
    return switch (result) {
      case CallResult.Returned(var data) when data.size() == 32 * count -> data.toBytes();
      case CallResult.Returned _, CallResult.Reverted _ ->
          throw new RpcUnavailable("the channel contract does not answer as it should");
    };
  }

  private static BigInteger whole(byte[] words, int index) {
    return Abi.wordAt(words, index).toUnsigned();
  }
}
