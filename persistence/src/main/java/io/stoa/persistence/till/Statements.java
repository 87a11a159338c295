package io.stoa.persistence.till;

import static java.time.ZoneOffset.UTC;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * What was charged to channels, for those who paid or earned it. Goes by the channels of one side,
 * so that calls need no index but their own. Blocks: call from a virtual thread.
 */
public final class Statements {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String GAVE_UP = "57014";

  private static final String CALLS =
      """
      from till.usage u join till.channel c using (channel_id)
      where %s and u.charged_at >= $2 and u.charged_at < $3
      """;

  private static final String PAGE =
      """
      select u.*, c.chain_id, c.asset
      """
          + CALLS
          + """
            and (u.channel_id, u.fence) > ($4, $5)
          order by u.channel_id, u.fence limit $6
          """;

  private static final String TOTALS =
      """
      with calls as materialized (
        select c.chain_id, c.asset, u.price, u.units
      """
          + CALLS
          + """
          )
          select chain_id, asset, null as unit, count(*) as calls, sum(price) as total from calls
          group by chain_id, asset
          union all
          select chain_id, asset, used.key, count(*), sum(used.value::numeric)
          from calls cross join lateral jsonb_each_text(units) used
          group by chain_id, asset, used.key
          order by chain_id, asset, unit nulls first
          """;

  private final Pool pool;

  public Statements(Pool pool) {
    this.pool = pool;
  }

  /** Whose calls. */
  public sealed interface Scope {
    record Payer(Address payer) implements Scope {}

    record Channel(ChannelId channel) implements Scope {}

    /** Of all channels that pay one of these. */
    record Receivers(List<Address> receivers) implements Scope {
      public Receivers {
        receivers = List.copyOf(receivers);
      }
    }
  }

  /**
   * Calls charged in a span of time.
   *
   * @param until from then on they are left out
   */
  public record Span(Instant from, Instant until) {}

  /** One call. */
  public record Line(UsageRecord usage, Asset asset) {}

  /**
   * What all calls of a statement sum up to in one asset.
   *
   * @param amount in the asset's smallest unit
   * @param units by name, what was counted
   */
  public record Total(Asset asset, long calls, BigInteger amount, Map<String, BigInteger> units) {
    public Total {
      units = Map.copyOf(units);
    }
  }

  /**
   * One page, by channel and, within a channel, as the calls were taken.
   *
   * @param after only calls behind this one
   */
  public List<Line> page(Scope scope, Span span, Optional<Hold> after, int limit) {
    var query = PAGE.formatted(condition(scope));
    var parameters =
        parameters(scope, span)
            .addBuffer(after.map(hold -> bytes(hold.channel().value())).orElseGet(Buffer::buffer))
            .addLong(after.map(Hold::fence).orElse(0L))
            .addInteger(limit);
    return StreamSupport.stream(run(query, parameters).spliterator(), false)
        .map(row -> new Line(UsageRow.read(row), asset(row)))
        .toList();
  }

  /** Over all pages. Fails for more calls than can be added up while somebody waits. */
  public List<Total> totals(Scope scope, Span span) {
    var totals = new LinkedHashMap<Asset, Total>();
    for (var row : run(TOTALS.formatted(condition(scope)), parameters(scope, span))) {
      var asset = asset(row);
      var unit = row.getString("unit");
      var sum = row.getBigDecimal("total").toBigIntegerExact();
      if (unit == null) {
        totals.put(asset, new Total(asset, row.getLong("calls"), sum, Map.of()));
      } else {
        totals.computeIfPresent(asset, (_, total) -> with(total, unit, sum));
      }
    }
    return List.copyOf(totals.values());
  }

  private static Total with(Total total, String unit, BigInteger sum) {
    var units = new TreeMap<>(total.units);
    units.put(unit, sum);
    return new Total(total.asset, total.calls, total.amount, units);
  }

  private static String condition(Scope scope) {
    return switch (scope) {
      case Scope.Payer _ -> "c.payer = $1";
      case Scope.Channel _ -> "c.channel_id = $1";
      case Scope.Receivers _ -> "c.receiver = any ($1)";
    };
  }

  private static Tuple parameters(Scope scope, Span span) {
    var parameters = Tuple.tuple();
    switch (scope) {
      case Scope.Payer(var payer) -> parameters.addBuffer(bytes(payer));
      case Scope.Channel(var channel) -> parameters.addBuffer(bytes(channel.value()));
      case Scope.Receivers(var receivers) ->
          parameters.addArrayOfBuffer(
              receivers.stream().map(Statements::bytes).toArray(Buffer[]::new));
    }
    return parameters
        .addOffsetDateTime(span.from.atOffset(UTC))
        .addOffsetDateTime(span.until.atOffset(UTC));
  }

  private RowSet<Row> run(String query, Tuple parameters) {
    return Blocking.await(
        pool.withTransaction(
                connection ->
                    connection
                        .query("set local statement_timeout = " + PATIENCE.toMillis())
                        .execute()
                        .compose(_ -> connection.preparedQuery(query).execute(parameters)))
            .recover(Statements::explain));
  }

  private static Future<RowSet<Row>> explain(Throwable failure) {
    return Future.failedFuture(
        failure instanceof PgException refused && GAVE_UP.equals(refused.getSqlState())
            ? new MarketException.Refused(
                "statement-too-large", "There are too many calls: ask for a shorter time.")
            : failure);
  }

  private static Asset asset(Row row) {
    return new Asset(
        new ChainId(row.getLong("chain_id")), Address.of(row.getBuffer("asset").getBytes()));
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
