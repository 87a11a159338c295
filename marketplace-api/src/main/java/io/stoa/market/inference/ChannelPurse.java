package io.stoa.market.inference;

import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.ChannelReply;
import io.stoa.x402.batch.ChannelState;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a call is paid out of: a channel, and what was put into it for this call.
 *
 * @param deposit empty when there was enough in it
 */
record ChannelPurse(ChannelConfig config, Optional<Deposit> deposit) {

  /** Money that came with the call. */
  record Deposit(TxHash transaction, BigInteger amount) {}

  /** Where the channel stands while it is not known yet what is charged. */
  SettlementResponse begun(ChannelState before) {
    return deposit
        .map(made -> ChannelReply.begun(config, made.transaction, made.amount, before))
        .orElseGet(() -> ChannelReply.begun(config, before));
  }

  SettlementResponse charged(BigInteger price, ChannelState after) {
    return deposit
        .map(made -> ChannelReply.deposited(config, made.transaction, made.amount, price, after))
        .orElseGet(() -> ChannelReply.charged(config, price, after));
  }
}
