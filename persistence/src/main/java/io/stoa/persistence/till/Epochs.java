package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Receipts by the epoch they were issued in. What belongs to an epoch is written down once, before
 * it is anchored. Blocks: call from a virtual thread.
 */
public final class Epochs {
  private static final int PAGE = 1_000;

  /**
   * All receipts since $1, with the second they were issued in. Those of calls by the time of the
   * charge; of calls that broke off there are none.
   */
  private static final String ISSUED =
      """
      select charged_at as at, receipt as document from till.usage
      where receipt is not null and charged_at >= to_timestamp($1)
      union all
      select issued_at, document from till.receipt where issued_at >= to_timestamp($1)
      """;

  private final Pool pool;

  /**
   * The end of the time in which nothing was left when it was last looked at, and nothing can be
   * added any more. Who asks does so all the time, and to look reads every receipt since the last
   * epoch.
   */
  private volatile long emptyUntil;

  public Epochs(Pool pool) {
    this.pool = pool;
  }

  /**
   * The next span that has receipts and that no receipt can be added to any more.
   *
   * @param length of a span, in whole seconds; spans begin at multiples of it
   * @param grace how long after its end it is left alone
   * @param most receipts, about: what has more is cut short
   */
  public Optional<Epoch.Span> next(Duration length, Duration grace, int most) {
    var last = all(run("select coalesce(max(id), 0) from till.epoch", Tuple.tuple()));
    long since = last.findFirst().orElseThrow().getLong(0);
    long seconds = length.toSeconds();
    long now = now() - grace.toSeconds();
    long over = now / seconds * seconds;
    if (over <= since || over == emptyUntil) {
      return Optional.empty();
    }
    boolean isOver = !isInProgress(over);
    var first =
        second(
            "select min(at) from (" + ISSUED + ") i where at < to_timestamp($2)",
            Tuple.of(since, over));
    if (first.isEmpty()) {
      if (isOver) {
        emptyUntil = over;
      }
      return Optional.empty();
    }
    long begin = Math.max(since, first.getAsLong() / seconds * seconds);
    long end = ending(first.getAsLong(), seconds);
    if (isInProgress(end)) {
      return Optional.empty();
    }
    var cut =
        second(
            "select at from ("
                + ISSUED
                + ") i where at < to_timestamp($2) order by at offset $3 limit 1",
            Tuple.of(begin, end, most));
    return Optional.of(
        new Epoch.Span(begin, cut.isEmpty() ? end : Math.max(begin + 1, cut.getAsLong())));
  }

  private static long ending(long second, long length) {
    return (second / length + 1) * length;
  }

  private long now() {
    return second("select now() as at", Tuple.tuple()).orElseThrow();
  }

  /** Whether something that began before {@code end} may still add a receipt of that time. */
  private boolean isInProgress(long end) {
    return all(run(
            """
            select exists (select from pg_stat_activity
              where datname = current_database() and backend_type = 'client backend'
                and xact_start < to_timestamp($1))
            """,
            Tuple.of(end)))
        .findFirst()
        .orElseThrow()
        .getBoolean(0);
  }

  private OptionalLong second(String query, Tuple parameters) {
    return all(run(query, parameters))
        .map(row -> row.getOffsetDateTime(0))
        .filter(at -> at != null)
        .mapToLong(at -> at.toEpochSecond())
        .findFirst();
  }

  /** Shows every receipt of {@code span} to {@code reader}, some at a time. */
  public void read(Epoch.Span span, Consumer<String> reader) {
    var connection = Blocking.await(pool.getConnection());
    try {
      Blocking.await(connection.begin());
      var query =
          Blocking.await(
              connection.prepare(
                  "select document from (" + ISSUED + ") i where at < to_timestamp($2)"));
      var cursor = query.cursor(Tuple.of(span.begin(), span.end()));
      do {
        Blocking.await(cursor.read(PAGE)).forEach(row -> reader.accept(row.getString(0)));
      } while (cursor.hasMore());
    } finally {
      Blocking.await(connection.close());
    }
  }

  /**
   * Writes an epoch down, with the leaves of its tree.
   *
   * @return whether it was; else another instance wrote one for some of that time
   */
  public boolean record(Epoch epoch, List<Epoch.Part> parts) {
    return Blocking.await(
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        """
                        insert into till.epoch (id, began, chain_id, anchor, sender, root, receipt_count)
                        select $1, $2, $3, $4, $5, $6, $7
                        where not exists (select from till.epoch where id > $2)
                        on conflict do nothing
                        """)
                    .execute(
                        Tuple.of(
                                epoch.id(),
                                epoch.span().begin(),
                                epoch.chain().value(),
                                bytes(epoch.anchor()),
                                bytes(epoch.sender()))
                            .addBuffer(bytes(epoch.root()))
                            .addLong(epoch.count()))
                    .compose(
                        written ->
                            written.rowCount() == 0
                                ? Future.succeededFuture(false)
                                : insert(connection, epoch.id(), parts).map(true))));
  }

  private static Future<?> insert(SqlConnection connection, long epoch, List<Epoch.Part> parts) {
    var rows = new ArrayList<Tuple>();
    for (var part : parts) {
      var leaves = Buffer.buffer(32 * part.leaves().size());
      part.leaves().forEach(leaf -> leaves.appendBytes(leaf.toBytes()));
      rows.add(
          Tuple.of(
              epoch, rows.size(), bytes(part.leaves().getFirst()), bytes(part.root()), leaves));
    }
    return connection
        .preparedQuery(
            "insert into till.epoch_part (epoch, place, first_leaf, root, leaves) values ($1, $2, $3, $4, $5)")
        .executeBatch(rows);
  }

  /** Those that are not on the chain for good, the oldest first. */
  public List<Epoch.Standing> open(int limit) {
    return all(run(
            "select * from till.epoch where not is_final order by id limit $1", Tuple.of(limit)))
        .map(Epochs::standing)
        .toList();
  }

  /** The chain shows the root at {@code block}. */
  public void anchored(Epoch epoch, long block, boolean isFinal) {
    run(
        "update till.epoch set block_number = $2, is_final = $3 where id = $1 and not is_final",
        Tuple.of(epoch.id(), block, isFinal));
  }

  /** The chain does not show the root any more. */
  public void lost(Epoch epoch) {
    run(
        "update till.epoch set block_number = null where id = $1 and not is_final",
        Tuple.of(epoch.id()));
  }

  /** The epoch of receipts issued at {@code instant}; empty when it is not written down yet. */
  public Optional<Epoch.Standing> at(Instant instant) {
    return all(run(
            "select * from till.epoch where id > $1 order by id limit 1",
            Tuple.of(instant.getEpochSecond())))
        .map(Epochs::standing)
        .filter(standing -> standing.epoch().span().begin() <= instant.getEpochSecond())
        .findFirst();
  }

  /**
   * A part of an epoch's tree.
   *
   * @param roots of all parts
   * @param place of this one among them
   */
  public record Branch(Epoch.Part part, int place, List<Bytes32> roots) {
    public Branch {
      roots = List.copyOf(roots);
    }
  }

  /** The part that holds {@code leaf}, if the epoch holds it at all. */
  public Branch branch(Epoch epoch, Bytes32 leaf) {
    var part =
        all(run(
                """
                select place, root, leaves from till.epoch_part
                where epoch = $1 and (first_leaf <= $2 or place = 0) order by place desc limit 1
                """,
                Tuple.of(epoch.id(), bytes(leaf))))
            .findFirst()
            .orElseThrow();
    var roots =
        all(run(
                "select root from till.epoch_part where epoch = $1 order by place",
                Tuple.of(epoch.id())))
            .map(row -> bytes32(row, "root"))
            .toList();
    return new Branch(
        new Epoch.Part(bytes32(part, "root"), leaves(part.getBuffer("leaves").getBytes())),
        part.getInteger("place"),
        roots);
  }

  private static List<Bytes32> leaves(byte[] packed) {
    var leaves = new ArrayList<Bytes32>();
    for (int from = 0; from < packed.length; from += 32) {
      leaves.add(Bytes32.of(Arrays.copyOfRange(packed, from, from + 32)));
    }
    return leaves;
  }

  /** A receipt, and when the till wrote it down. */
  public record Issued(String document, Instant at) {}

  /** The receipt of a payment by a transaction of its own. */
  public Optional<Issued> issued(PaymentId payment) {
    return all(run(
            """
            select r.document, r.issued_at from till.payment p join till.receipt r using (payer, id)
            where p.id = $1 and p.state = 'SETTLED'
            """,
            Tuple.of(bytes(payment.value()))))
        .map(
            row ->
                new Issued(
                    row.getString("document"), row.getOffsetDateTime("issued_at").toInstant()))
        .findFirst();
  }

  private static Epoch.Standing standing(Row row) {
    var block = row.getLong("block_number");
    return new Epoch.Standing(
        new Epoch(
            new Epoch.Span(row.getLong("began"), row.getLong("id")),
            new ChainId(row.getLong("chain_id")),
            Address.of(row.getBuffer("anchor").getBytes()),
            Address.of(row.getBuffer("sender").getBytes()),
            bytes32(row, "root"),
            row.getLong("receipt_count")),
        block == null ? OptionalLong.empty() : OptionalLong.of(block),
        row.getBoolean("is_final"));
  }

  private RowSet<Row> run(String query, Tuple parameters) {
    return Blocking.await(pool.preparedQuery(query).execute(parameters));
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
