package io.stoa.market.node;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * The client of the database as the framework configured it, but for one thing: also long
 * statements are prepared once for each connection. To plan one takes longer than to run it.
 */
@Singleton
final class PreparedPool implements PgPoolCreator {
  @Override
  public Pool create(Input input) {
    var options = input.pgConnectOptionsList();
    options.forEach(one -> one.setPreparedStatementCacheSqlFilter(_ -> true));
    return PgBuilder.pool()
        .with(input.poolOptions())
        .connectingTo(List.<SqlConnectOptions>copyOf(options))
        .using(input.vertx())
        .build();
  }
}
