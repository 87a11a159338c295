package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.persistence.Blocking;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Adds the ledger up and compares it with the channels and with what the chain showed of them, some
 * channels at a time; what it tells costs the same however much there is. Blocks: call from a
 * virtual thread.
 */
public final class Audit {
  private static final int LARGEST_COUNT_BYTES = 16 << 20;
  private static final List<String> DECIDED =
      List.of("SETTLED", "FREE", "VOID", "RELEASED", "REFUND_DUE", "REFUNDED");

  private final Pool pool;

  public Audit(Pool pool) {
    this.pool = pool;
  }

  /**
   * Audits the next channels, going round and round. Does nothing while another instance does.
   *
   * @param rows of the ledger that are read for one channel at most
   */
  public void round(int channels, int rows) {
    run("select till.audit($1, $2)", Tuple.of(channels, rows));
  }

  /**
   * What the audits found of one asset. In its smallest unit; each channel as it was when it was
   * audited, so that sums hold although nothing stands still.
   *
   * @param behind channels with more of the ledger than was read: until there are none, sums differ
   * @param wrong channels whose ledger says otherwise than they do
   * @param oldestUnclaimed since when some channel owes something
   * @param lastClaims when a round of claims ended last, of whatever instance; now, while one lasts
   */
  public record Finding(
      Asset asset,
      long channels,
      long behind,
      long wrong,
      Ledger ledger,
      BigInteger balance,
      BigInteger charged,
      BigInteger claimed,
      Optional<Instant> oldestUnclaimed,
      Optional<Instant> lastClaims) {}

  /** What the accounts of each kind hold. They sum to zero, or money came out of nothing. */
  public record Ledger(BigInteger payer, BigInteger unspent, BigInteger due, BigInteger receiver) {
    public BigInteger sum() {
      return payer.add(unspent).add(due).add(receiver);
    }
  }

  public List<Finding> findings() {
    return all(run(
            """
            select t.*, u.unclaimed_since, l.last_claims from till.audit_total t
            left join lateral (
              select c.unclaimed_since from till.channel c
              where c.chain_id = t.chain_id and c.asset = t.asset and c.unclaimed_since is not null
              order by c.unclaimed_since limit 1) u on true
            cross join lateral (
              select max(least(r.lease_until, now())) as last_claims from till.claim_turn r
              where r.chain_id = t.chain_id and r.asset = t.asset) l
            order by t.chain_id, t.asset
            """,
            Tuple.tuple()))
        .map(Audit::finding)
        .toList();
  }

  private static Finding finding(Row row) {
    return new Finding(
        asset(row),
        row.getLong("channels"),
        row.getLong("behind"),
        row.getLong("wrong"),
        new Ledger(
            integer(row, "payer"),
            integer(row, "unspent"),
            integer(row, "due"),
            integer(row, "receiver")),
        integer(row, "balance"),
        integer(row, "charged"),
        integer(row, "claimed"),
        instant(row.getOffsetDateTime("unclaimed_since")),
        instant(row.getOffsetDateTime("last_claims")));
  }

  /** When the last round began that saw every channel there was. */
  public Optional<Instant> wholeSince() {
    return all(run("select whole_since from till.audit_round", Tuple.tuple()))
        .findFirst()
        .flatMap(row -> instant(row.getOffsetDateTime("whole_since")));
  }

  /** Payments without a decision. */
  public record Undecided(Map<String, Long> byState, Optional<Instant> oldest) {
    public Undecided {
      byState = Map.copyOf(byState);
    }

    public long count() {
      return byState.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  public Undecided undecided() {
    var rows =
        run(
            """
            select state, count(*) as payments, min(presented_at) as oldest from till.payment
            where %s group by state
            """
                .formatted(PaymentRow.UNDECIDED),
            Tuple.tuple());
    var byState = new TreeMap<>(Map.of("VERIFIED", 0L, "SETTLING", 0L, "UNKNOWN", 0L));
    Optional<Instant> oldest = Optional.empty();
    for (var row : rows) {
      byState.put(row.getString("state"), row.getLong("payments"));
      var first = row.getOffsetDateTime("oldest").toInstant();
      oldest = oldest.filter(first::isAfter).or(() -> Optional.of(first));
    }
    return new Undecided(byState, oldest);
  }

  /**
   * Payments that were decided or let go.
   *
   * @param isExact counted; else by the database's statistics, since counting reads every row
   */
  public record Decided(Map<String, Long> byState, boolean isExact) {
    public Decided {
      byState = Map.copyOf(byState);
    }
  }

  public Decided decided() {
    boolean isSmall =
        all(run("select pg_relation_size('till.payment') <= $1", Tuple.of(LARGEST_COUNT_BYTES)))
            .findFirst()
            .orElseThrow()
            .getBoolean(0);
    var rows =
        isSmall
            ? run(
                "select state, count(*) as payments from till.payment group by state",
                Tuple.tuple())
            : run(
                """
                select common.state, (common.share * c.reltuples)::bigint as payments
                from pg_class c
                join pg_stats s on s.schemaname = 'till' and s.tablename = 'payment' and s.attname = 'state'
                cross join lateral unnest(s.most_common_vals::text::text[], s.most_common_freqs)
                  as common (state, share)
                where c.oid = 'till.payment'::regclass
                """,
                Tuple.tuple());
    var byState = new TreeMap<String, Long>();
    DECIDED.forEach(state -> byState.put(state, 0L));
    all(rows).forEach(row -> byState.replace(row.getString("state"), row.getLong("payments")));
    return new Decided(byState, isSmall);
  }

  /**
   * What providers owe back in one asset.
   *
   * @param amount in its smallest unit
   */
  public record Debt(Asset asset, long payments, BigInteger amount) {}

  public List<Debt> debts() {
    return all(run(
            """
            select chain_id, asset, count(*) as payments, sum(charged) as amount from till.payment
            where state = 'REFUND_DUE' group by chain_id, asset order by chain_id, asset
            """,
            Tuple.tuple()))
        .map(row -> new Debt(asset(row), row.getLong("payments"), integer(row, "amount")))
        .toList();
  }

  private RowSet<Row> run(String query, Tuple parameters) {
    return Blocking.await(pool.preparedQuery(query).execute(parameters));
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Asset asset(Row row) {
    return new Asset(
        new ChainId(row.getLong("chain_id")), Address.of(row.getBuffer("asset").getBytes()));
  }

  private static BigInteger integer(Row row, String column) {
    return row.getBigDecimal(column).toBigIntegerExact();
  }

  private static Optional<Instant> instant(@Nullable OffsetDateTime at) {
    return Optional.ofNullable(at).map(OffsetDateTime::toInstant);
  }
}
