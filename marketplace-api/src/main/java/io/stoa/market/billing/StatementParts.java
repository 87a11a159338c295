package io.stoa.market.billing;

import io.stoa.domain.ChainId;
import io.stoa.market.wallet.Readers;
import io.stoa.persistence.mirror.Titles;
import io.stoa.persistence.till.ChannelTill;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What tells people about their money. */
final class StatementParts {
  private StatementParts() {}

  @Produces
  @Singleton
  static Titles titles(Pool pool, ChainId chain) {
    return new Titles(pool, chain);
  }

  @Produces
  @Singleton
  static ChannelBooks channelBooks(Pool pool, Titles titles, Readers readers) {
    return new ChannelBooks(new ChannelTill(pool), titles, readers);
  }
}
