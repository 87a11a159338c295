package io.stoa.x402.batch;

import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.PaymentKey;
import java.math.BigInteger;
import java.util.Optional;

/** What a payer may send. What servers send to facilitators is not among it. */
public sealed interface BatchPayload {
  ChannelConfig config();

  Voucher voucher();

  /** Pays a call out of what the channel holds. */
  record Pay(ChannelConfig config, Voucher voucher) implements BatchPayload {}

  /**
   * Puts money into the channel, which creates it if need be, and pays a call.
   *
   * @param amount in the token's smallest unit: a uint128 above zero
   */
  record Deposit(
      ChannelConfig config, Voucher voucher, BigInteger amount, DepositAuthorization authorization)
      implements BatchPayload {

    /** What the chain lets happen once. */
    public PaymentKey key() {
      return switch (authorization) {
        case DepositAuthorization.Erc3009 erc3009 ->
            new PaymentKey.Eip3009(
                config.asset(),
                config.payer(),
                DepositDigests.nonce(voucher.channel(), erc3009.salt()));
        case DepositAuthorization.Permit2 permit ->
            new PaymentKey.Permit2(config.asset().chain(), config.payer(), permit.nonce());
      };
    }
  }

  /**
   * Asks for money back, by a voucher that pays for nothing.
   *
   * @param amount in the token's smallest unit, above zero; empty for all that is left
   */
  record Refund(ChannelConfig config, Voucher voucher, Optional<BigInteger> amount)
      implements BatchPayload {}
}
