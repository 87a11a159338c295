package io.stoa.x402.client;

import java.math.BigInteger;
import java.util.Optional;

/** What a payer sends over its channel. May be sent again as it is while no reply came. */
public sealed interface ChannelPayment {
  /** The value of {@code PAYMENT-SIGNATURE}. */
  String header();

  /** The channel while the reply is awaited: to be kept before the header is sent. */
  PayerChannel channel();

  /** The most that it may cost, in the token's smallest unit. */
  BigInteger amount();

  /** What it puts into the channel, in the same unit. */
  BigInteger deposit();

  /**
   * Pays for one call.
   *
   * @param leastBalance of the channel once it is served
   * @param isLiteral whether its ceiling is exactly what was charged and this call
   */
  record Call(
      String header,
      PayerChannel channel,
      BigInteger amount,
      BigInteger deposit,
      BigInteger leastBalance,
      boolean isLiteral)
      implements ChannelPayment {}

  /**
   * Asks for money back.
   *
   * @param asked empty for all that is left
   */
  record Refund(String header, PayerChannel channel, Optional<BigInteger> asked)
      implements ChannelPayment {
    @Override
    public BigInteger amount() {
      return BigInteger.ZERO;
    }

    @Override
    public BigInteger deposit() {
      return BigInteger.ZERO;
    }
  }
}
