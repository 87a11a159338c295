package io.stoa.x402.client;

import java.math.BigInteger;

/** What a server's reply means for a channel. */
public sealed interface ChannelAnswer {

  /**
   * It holds.
   *
   * @param units what was charged, or given back, in the token's smallest unit
   */
  record Kept(PayerChannel channel, BigInteger units) implements ChannelAnswer {}

  /**
   * Nothing was charged and nothing moved.
   *
   * @param reason the server's code
   */
  record Refused(PayerChannel channel, String reason) implements ChannelAnswer {}

  /**
   * The channel is said to hold less than its payer put in. A reorganisation took a deposit back,
   * or the server lies: only the chain can tell. Until it has, nothing more may be signed for this
   * channel; then {@link ChannelBuyer#resume} it as the chain shows it, or withdraw.
   *
   * @param expected what it holds at least, by its payer's count, in the token's smallest unit
   * @param said by the server, less than that
   */
  record Shrunk(BigInteger expected, BigInteger said) implements ChannelAnswer {}

  /**
   * The server does not keep to what was agreed. Nothing more may be signed for this channel: give
   * notice of a withdrawal at the channel contract.
   *
   * @param fault one sentence for the channel's owner
   */
  record Broken(String fault) implements ChannelAnswer {}
}
