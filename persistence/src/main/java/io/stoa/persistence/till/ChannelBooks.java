package io.stoa.persistence.till;

import io.vertx.sqlclient.Pool;

/**
 * Everything the till keeps about channels.
 *
 * @param channels vouchers, calls, charges
 * @param deposits on their way in
 * @param refunds on their way out
 * @param exposure what is not safe yet
 * @param turns whose turn it is to claim
 */
public record ChannelBooks(
    ChannelTill channels,
    DepositTill deposits,
    RefundTill refunds,
    ChannelExposure exposure,
    ClaimTurns turns) {

  public static ChannelBooks of(Pool pool) {
    return new ChannelBooks(
        new ChannelTill(pool),
        new DepositTill(pool),
        new RefundTill(pool),
        new ChannelExposure(pool),
        new ClaimTurns(pool));
  }
}
