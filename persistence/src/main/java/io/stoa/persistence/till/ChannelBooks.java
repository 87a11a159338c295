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

  /** Where calls are always written down before they are served. */
  public static ChannelBooks of(Pool pool) {
    return of(pool, new ChannelTill(pool));
  }

  public static ChannelBooks of(Pool pool, ChannelTill channels) {
    return new ChannelBooks(
        channels,
        new DepositTill(pool),
        new RefundTill(pool),
        new ChannelExposure(pool),
        new ClaimTurns(pool));
  }
}
