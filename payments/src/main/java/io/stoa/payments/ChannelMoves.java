package io.stoa.payments;

import io.stoa.chain.channel.ChannelEvents;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.ChannelMove;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Takes over into the till what a transaction did to channels. */
record ChannelMoves(ChannelTill till, ChannelReads chain) {

  /**
   * Writes down what {@code receipt} shows of {@code channels}, and where they stand after it.
   * Fails with {@link RpcUnavailable} when the node does not show that yet; then nothing is
   * written.
   */
  void record(Receipt receipt, Map<ChannelId, ChannelConfig> channels) {
    var ids = List.copyOf(channels.keySet());
    var after = chain.read(ids);
    if (after.stream().anyMatch(seen -> seen.at().number() < receipt.block().number())) {
      throw new RpcUnavailable("the node does not have the block of this receipt yet");
    }
    var entries = entries(receipt).toList();
    for (int i = 0; i < ids.size(); i++) {
      var id = ids.get(i);
      var config = Objects.requireNonNull(channels.get(id));
      for (var move : moves(id, entries).entrySet()) {
        till.record(
            id,
            config,
            new ChannelMove(move.getKey(), receipt.transaction(), move.getValue(), receipt.block()),
            after.get(i));
      }
    }
  }

  /** One transaction may move the same channel several times: what counts is the sum. */
  private static Map<ChannelMove.Kind, BigInteger> moves(
      ChannelId channel, List<ChannelEvents.Entry> entries) {
    var moves = new EnumMap<ChannelMove.Kind, BigInteger>(ChannelMove.Kind.class);
    for (var entry : entries) {
      switch (entry) {
        case ChannelEvents.Entry.Deposited(var of, var amount, _) when of.equals(channel) ->
            moves.merge(ChannelMove.Kind.DEPOSIT, amount, BigInteger::add);
        case ChannelEvents.Entry.Claimed(var of, var amount, _) when of.equals(channel) ->
            moves.merge(ChannelMove.Kind.CLAIM, amount, BigInteger::add);
        case ChannelEvents.Entry.Refunded(var of, var amount) when of.equals(channel) ->
            moves.merge(ChannelMove.Kind.REFUND, amount, BigInteger::add);
        case ChannelEvents.Entry.Deposited _,
            ChannelEvents.Entry.Claimed _,
            ChannelEvents.Entry.Refunded _,
            ChannelEvents.Entry.Settled _ -> {}
      }
    }
    return moves;
  }

  /** What the channel contract logged in a transaction, in its order. */
  static Stream<ChannelEvents.Entry> entries(Receipt receipt) {
    return receipt.logs().stream()
        .filter(log -> log.address().equals(ChannelContracts.CHANNELS))
        .flatMap(log -> ChannelEvents.decode(log).stream());
  }
}
