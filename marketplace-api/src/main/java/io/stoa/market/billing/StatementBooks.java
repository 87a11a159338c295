package io.stoa.market.billing;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.market.billing.StatementQuery.Subject;
import io.stoa.market.wallet.Readers;
import io.stoa.persistence.mirror.Titles;
import io.stoa.persistence.till.Statements;
import io.stoa.persistence.till.Statements.Scope;
import io.vertx.core.http.HttpServerRequest;

/**
 * Gives wallets the statements that are about them: of what they paid, or of a listing they own.
 */
final class StatementBooks {
  private final Statements statements;
  private final ChannelAccess channels;
  private final Titles titles;
  private final Readers readers;

  StatementBooks(Statements statements, ChannelAccess channels, Titles titles, Readers readers) {
    this.statements = statements;
    this.channels = channels;
    this.titles = titles;
    this.readers = readers;
  }

  /** Blocks. Totals are added up once, for the first page. */
  StatementView read(StatementQuery query, HttpServerRequest request) {
    var scope = scope(query.subject(), request);
    var totals = query.after().isEmpty() ? statements.totals(scope, query.span()) : null;
    var page = statements.page(scope, query.span(), query.after(), query.size() + 1);
    return StatementView.of(query.span(), totals, page, query.size());
  }

  private Scope scope(Subject subject, HttpServerRequest request) {
    return switch (subject) {
      case Subject.Channel(var channel) -> new Scope.Channel(channels.open(channel, request).id());
      case Subject.Payer(var payer) -> {
        var reader = readers.of(request);
        require(payer.equals(reader), reader);
        yield new Scope.Payer(payer);
      }
      case Subject.Listing(var listing) -> {
        var reader = readers.of(request);
        require(titles.owns(reader, listing), reader);
        yield new Scope.Receivers(titles.splitters(listing));
      }
    };
  }

  private static void require(boolean isOwn, Address reader) {
    if (!isOwn) {
      throw new MarketException.Forbidden(
          "not-your-statement", "This statement is not about %s.".formatted(reader));
    }
  }
}
