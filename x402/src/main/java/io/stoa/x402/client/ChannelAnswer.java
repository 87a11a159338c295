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
   * The server does not keep to what was agreed. Nothing more may be signed for this channel: give
   * notice of a withdrawal at the channel contract.
   *
   * @param fault one sentence for the channel's owner
   */
  record Broken(String fault) implements ChannelAnswer {}
}
