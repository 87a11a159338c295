package io.stoa.payments.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.x402.HeaderCodec;

/** How a facilitator says where a channel stands: it does not know what its server charged. */
final class ChannelSnapshot {
  private ChannelSnapshot() {}

  static ObjectNode json(ChannelId channel, ChannelOnChain seen) {
    return HeaderCodec.object()
        .put("channelId", channel.toString())
        .put("balance", seen.balance().toString())
        .put("totalClaimed", seen.claimed().toString())
        .put(
            "withdrawRequestedAt",
            seen.withdrawal().map(notice -> notice.initiatedAt().getEpochSecond()).orElse(0L))
        .put("refundNonce", seen.refundNonce().toString());
  }
}
