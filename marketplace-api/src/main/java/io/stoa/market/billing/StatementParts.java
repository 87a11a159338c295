package io.stoa.market.billing;

import io.stoa.domain.ChainId;
import io.stoa.market.wallet.Readers;
import io.stoa.persistence.mirror.Titles;
import io.stoa.persistence.till.Audit;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Duties;
import io.stoa.persistence.till.Epochs;
import io.stoa.persistence.till.Statements;
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
  static ChannelAccess channelAccess(ChannelTill calls, Titles titles, Readers readers) {
    return new ChannelAccess(calls, titles, readers);
  }

  @Produces
  @Singleton
  static StatementBooks statementBooks(
      Pool pool, ChannelAccess channels, Titles titles, Readers readers) {
    return new StatementBooks(new Statements(pool), channels, titles, readers);
  }

  @Produces
  @Singleton
  static Audit audit(Pool pool) {
    return new Audit(pool);
  }

  @Produces
  @Singleton
  static Duties duties(Pool pool) {
    return new Duties(pool);
  }

  @Produces
  @Singleton
  static Epochs epochs(Pool pool) {
    return new Epochs(pool);
  }
}
