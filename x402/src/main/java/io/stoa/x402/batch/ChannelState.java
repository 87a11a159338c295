package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;

/**
 * Where a channel stands, as its server tells its payer. Amounts are in the token's smallest unit.
 *
 * @param balance what the channel holds, claims included, as the chain showed it last
 * @param claimed what was claimed in all, as the chain showed it last
 * @param withdrawRequestedAt Unix seconds of the payer's notice; 0 when it gave none
 * @param refundNonce number of refunds so far
 * @param charged for all calls so far
 */
public record ChannelState(
    ChannelId channel,
    BigInteger balance,
    BigInteger claimed,
    long withdrawRequestedAt,
    BigInteger refundNonce,
    BigInteger charged) {
  static final String NAME = "channelState";

  public static ChannelState of(ChannelId channel, ChannelOnChain onChain, BigInteger charged) {
    return new ChannelState(
        channel,
        onChain.balance(),
        onChain.claimed(),
        onChain.withdrawal().map(notice -> notice.initiatedAt().getEpochSecond()).orElse(0L),
        onChain.refundNonce(),
        charged);
  }

  ObjectNode json() {
    return HeaderCodec.object()
        .put("channelId", channel.toString())
        .put("balance", balance.toString())
        .put("totalClaimed", claimed.toString())
        .put("withdrawRequestedAt", withdrawRequestedAt)
        .put("refundNonce", refundNonce.toString())
        .put("chargedCumulativeAmount", charged.toString());
  }

  static ChannelState read(Fields fields) throws MalformedPayment {
    return new ChannelState(
        BatchPayloads.channel(fields),
        fields.uint128("balance"),
        fields.uint128("totalClaimed"),
        fields.natural("withdrawRequestedAt"),
        fields.uint256("refundNonce"),
        fields.uint128("chargedCumulativeAmount"));
  }
}
