package io.stoa.x402.batch;

import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a server adds to its reply when it succeeded. Amounts are in the token's smallest unit.
 *
 * @param charged for the call; empty after a refund, and while it is not known yet
 * @param state of the channel after it
 */
public record ChannelReply(Optional<BigInteger> charged, ChannelState state) {
  private static final String CHARGED = "chargedAmount";

  /**
   * The head of a reply whose charge is known only at its end.
   *
   * @param before where the channel stood before the call
   */
  public static SettlementResponse begun(ChannelConfig config, ChannelState before) {
    return new ChannelReply(Optional.empty(), before)
        .in(SettlementResponse.offChain(config.asset().chain(), config.payer()));
  }

  /** The same for a call that came with a deposit, which {@code transaction} made. */
  public static SettlementResponse begun(
      ChannelConfig config, TxHash transaction, BigInteger deposited, ChannelState before) {
    return new ChannelReply(Optional.empty(), before)
        .in(
            SettlementResponse.settled(
                transaction, config.asset().chain(), config.payer(), deposited));
  }

  /** The reply to a voucher: the chain knows nothing of it. */
  public static SettlementResponse charged(
      ChannelConfig config, BigInteger charged, ChannelState state) {
    return new ChannelReply(Optional.of(charged), state)
        .in(SettlementResponse.offChain(config.asset().chain(), config.payer()));
  }

  /**
   * The reply to a deposit, which {@code transaction} made.
   *
   * @param charged for the call that came with it
   */
  public static SettlementResponse deposited(
      ChannelConfig config,
      TxHash transaction,
      BigInteger deposited,
      BigInteger charged,
      ChannelState state) {
    return new ChannelReply(Optional.of(charged), state)
        .in(
            SettlementResponse.settled(
                transaction, config.asset().chain(), config.payer(), deposited));
  }

  /** The reply to a refund, which {@code transaction} made. */
  public static SettlementResponse refunded(
      ChannelConfig config, TxHash transaction, BigInteger refunded, ChannelState state) {
    return new ChannelReply(Optional.empty(), state)
        .in(
            SettlementResponse.settled(
                transaction, config.asset().chain(), config.payer(), refunded));
  }

  private SettlementResponse in(SettlementResponse response) {
    var extra = HeaderCodec.object();
    charged.ifPresent(units -> extra.put(CHARGED, units.toString()));
    extra.set(ChannelState.NAME, state.json());
    return response.withExtra(extra);
  }

  /** Reads a reply as a payer does. Fails when the server does not say where the channel stands. */
  public static ChannelReply read(SettlementResponse response) throws MalformedPayment {
    var extra = Fields.of(response.extra(), "/extra");
    return new ChannelReply(
        extra.optionalUint256(CHARGED), ChannelState.read(extra.object(ChannelState.NAME)));
  }
}
