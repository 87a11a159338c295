package io.stoa.persistence.mirror;

import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The mirror in PostgreSQL, schema {@code mirror}. Tells listeners on {@code mirror_changed} of
 * every change.
 */
public final class PostgresMirrorWriter implements MirrorWriter {
  /** The channel on which changes are announced. */
  public static final String CHANNEL = "mirror_changed";

  /** How many blocks are remembered: no reorganisation is expected to be deeper. */
  private static final int REMEMBERED = 4096;

  private static final List<String> FACTS =
      List.of(
          "listing",
          "listing_owner",
          "listing_status",
          "listing_version",
          "listing_offers",
          "listing_splitter");

  private final Pool pool;

  public PostgresMirrorWriter(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Optional<Progress.Cursor> cursor(ChainId chain) {
    return rows(run("select * from mirror.cursor where chain_id = $1", chain.value()))
        .findFirst()
        .map(
            row ->
                new Progress.Cursor(
                    new BlockRef(row.getLong("block_number"), bytes32(row, "block_hash")),
                    row.getOffsetDateTime("block_time").toInstant()));
  }

  @Override
  public Optional<Bytes32> hashOf(ChainId chain, long number) {
    return rows(run(
            "select hash from mirror.block where chain_id = $1 and number = $2",
            chain.value(),
            number))
        .findFirst()
        .map(row -> bytes32(row, "hash"));
  }

  @Override
  public Optional<BlockRef> knownBelow(ChainId chain, long number) {
    return rows(run(
            """
                select number, hash from mirror.block where chain_id = $1 and number < $2
                order by number desc limit 1
                """,
            chain.value(),
            number))
        .findFirst()
        .map(row -> new BlockRef(row.getLong("number"), bytes32(row, "hash")));
  }

  @Override
  public void advance(ChainId chain, Optional<BlockRef> from, Progress progress) {
    Blocking.await(
        pool.withTransaction(
            connection ->
                moveCursor(connection, chain, from, progress.to())
                    .compose(moved -> write(connection, chain, progress))
                    .compose(written -> announce(connection))));
  }

  @Override
  public void unwind(ChainId chain, BlockRef from, Progress.Cursor ancestor) {
    Blocking.await(
        pool.withTransaction(
            connection ->
                moveCursor(connection, chain, Optional.of(from), ancestor)
                    .compose(moved -> forget(connection, chain, ancestor.block().number()))
                    .compose(forgotten -> announce(connection))));
  }

  @Override
  public List<Document> pending(int limit) {
    return rows(run(
            """
                select type, cid, sha256 from mirror.document
                where state = 'PENDING' and next_try <= now() order by next_try limit $1
                """,
            limit))
        .map(
            row ->
                new Document(
                    Document.Type.valueOf(row.getString("type")),
                    Bytes.wrap(row.getBuffer("cid").getBytes()),
                    bytes32(row, "sha256")))
        .toList();
  }

  @Override
  public void found(Document document, Document.Finding finding) {
    switch (finding) {
      case Document.Finding.Valid(var body) -> decide(document, "VALID", null, body);
      case Document.Finding.Invalid(var reason) -> decide(document, "INVALID", reason, null);
      case Document.Finding.Missing _ ->
          run(
              """
              update mirror.document
              set tries = tries + 1, next_try = now() + least(60, 0.25 * 2 ^ least(tries, 10)) * interval '1 second'
              where type = $1 and cid = $2 and sha256 = $3 and state = 'PENDING'
              """,
              document.type().name(),
              Buffer.buffer(document.cid().toBytes()),
              buffer(document.sha256()));
    }
  }

  @Override
  public void retryMissing() {
    run("update mirror.document set next_try = now(), tries = 0 where state = 'PENDING'");
  }

  @Override
  public Bytes32 digest() {
    var parts = new ArrayList<String>();
    for (var table : FACTS) {
      parts.add(
          "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as rows from mirror."
              + table
              + " t");
    }
    parts.add(
        """
        select coalesce(string_agg(d::text, E'\\n' order by d::text), '') as rows
        from (select type, cid, sha256, state, reason, body from mirror.document) d""");
    var union = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      union
          .append(i == 0 ? "" : " union all ")
          .append("select ")
          .append(i)
          .append(" as place, rows from (")
          .append(parts.get(i))
          .append(") p")
          .append(i);
    }
    var row =
        rows(run(
                "select sha256(convert_to(string_agg(rows, E'\\n\\n' order by place), 'UTF8')) as digest from ("
                    + union
                    + ") whole"))
            .findFirst()
            .orElseThrow();
    return bytes32(row, "digest");
  }

  private void decide(
      Document document, String state, @Nullable String reason, @Nullable String body) {
    Blocking.await(
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        """
                        update mirror.document set state = $4, reason = $5, body = $6
                        where type = $1 and cid = $2 and sha256 = $3 and state = 'PENDING'
                        """)
                    .execute(
                        Tuple.of(
                            document.type().name(),
                            Buffer.buffer(document.cid().toBytes()),
                            buffer(document.sha256()),
                            state,
                            reason,
                            body))
                    .compose(updated -> announce(connection))));
  }

  private static Future<Void> moveCursor(
      SqlConnection connection, ChainId chain, Optional<BlockRef> from, Progress.Cursor to) {
    var parameters =
        Tuple.of(
            chain.value(),
            to.block().number(),
            buffer(to.block().hash()),
            to.time().atOffset(ZoneOffset.UTC));
    var statement =
        from.isEmpty()
            ? "insert into mirror.cursor values ($1, $2, $3, $4) on conflict do nothing"
            : """
              update mirror.cursor set block_number = $2, block_hash = $3, block_time = $4
              where chain_id = $1 and block_number = $5 and block_hash = $6
              """;
    from.ifPresent(block -> parameters.addLong(block.number()).addBuffer(buffer(block.hash())));
    return connection
        .preparedQuery(statement)
        .execute(parameters)
        .compose(
            moved ->
                moved.rowCount() == 1
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new MarketException.Conflict(
                            "mirror-moved", "Another instance moved the mirror's cursor.")));
  }

  private static Future<Void> write(SqlConnection connection, ChainId chain, Progress progress) {
    Map<String, List<Tuple>> batches = new LinkedHashMap<>();
    for (var block : progress.blocks()) {
      add(
          batches,
          """
          insert into mirror.block values ($1, $2, $3, $4)
          on conflict (chain_id, number) do update set hash = excluded.hash, parent = excluded.parent
          """,
          chain.value(),
          block.ref().number(),
          buffer(block.ref().hash()),
          buffer(block.parent()));
    }
    for (var log : progress.logs()) {
      add(
          batches,
          """
          insert into mirror.raw_log values ($1, $2, $3, $4, $5, $6, $7, $8, true)
          on conflict (chain_id, block_hash, log_index) do update set is_canonical = true
          """,
          chain.value(),
          log.block().number(),
          buffer(log.block().hash()),
          log.index(),
          buffer(log.transaction().value()),
          Buffer.buffer(log.address().toBytes()),
          log.topics().stream().map(PostgresMirrorWriter::buffer).toArray(Buffer[]::new),
          Buffer.buffer(log.data().toBytes()));
    }
    progress.facts().forEach(fact -> add(batches, fact));
    for (var event : progress.dead()) {
      add(
          batches,
          "insert into mirror.dead_event values ($1, $2, $3, $4, $5) on conflict do nothing",
          chain.value(),
          event.block(),
          event.logIndex(),
          event.event(),
          event.reason());
    }
    add(
        batches,
        "delete from mirror.block where chain_id = $1 and number < $2",
        chain.value(),
        progress.to().block().number() - REMEMBERED);
    return runAll(connection, batches);
  }

  private static void add(Map<String, List<Tuple>> batches, Fact fact) {
    switch (fact) {
      case Fact.Published(_, var listing, var path, var kind) ->
          add(
              batches,
              "insert into mirror.listing values ($1, $2, $3, $4, $5, $6)",
              listing.value(),
              path.provider().toString(),
              path.service().value(),
              kind.name(),
              fact.place().block(),
              fact.place().logIndex());
      case Fact.Owned(_, _, var owner) ->
          addTo(batches, "listing_owner", fact, Buffer.buffer(owner.toBytes()));
      case Fact.Stands(_, _, var status) -> addTo(batches, "listing_status", fact, status.name());
      case Fact.Versioned(_, _, var version, var cid, var sha256) -> {
        addTo(
            batches,
            "listing_version",
            fact,
            version,
            Buffer.buffer(cid.toBytes()),
            buffer(sha256));
        addDocument(batches, Document.Type.MANIFEST, cid.toBytes(), sha256);
      }
      case Fact.Offered(_, _, var offersRoot) -> {
        addTo(batches, "listing_offers", fact, buffer(offersRoot));
        addDocument(
            batches, Document.Type.OFFERS, Cid.of(Cid.Codec.RAW, offersRoot).toBytes(), offersRoot);
      }
      case Fact.PaidTo(_, _, var splitter) ->
          addTo(batches, "listing_splitter", fact, Buffer.buffer(splitter.toBytes()));
    }
  }

  private static void addTo(
      Map<String, List<Tuple>> batches, String table, Fact fact, Object... what) {
    var statement = new StringBuilder("insert into mirror.").append(table).append(" values ($1");
    for (int i = 2; i <= 4 + what.length; i++) {
      statement.append(", $").append(i);
    }
    var all = new ArrayList<Object>();
    all.add(fact.listing().value());
    all.add(fact.place().block());
    all.add(fact.place().logIndex());
    all.add(fact.place().at().atOffset(ZoneOffset.UTC));
    all.addAll(List.of(what));
    add(batches, statement.append(")").toString(), all.toArray());
  }

  private static void addDocument(
      Map<String, List<Tuple>> batches, Document.Type type, byte[] cid, Bytes32 sha256) {
    add(
        batches,
        """
        insert into mirror.document (type, cid, sha256, state) values ($1, $2, $3, 'PENDING')
        on conflict do nothing
        """,
        type.name(),
        Buffer.buffer(cid),
        buffer(sha256));
  }

  private static void add(
      Map<String, List<Tuple>> batches, String statement, Object... parameters) {
    batches
        .computeIfAbsent(statement, first -> new ArrayList<>())
        .add(Tuple.from(List.of(parameters)));
  }

  private static Future<Void> forget(SqlConnection connection, ChainId chain, long above) {
    Map<String, List<Tuple>> batches = new LinkedHashMap<>();
    for (var table : FACTS) {
      batches.put(
          "delete from mirror." + table + " where block_number > $1", List.of(Tuple.of(above)));
    }
    batches.put(
        "delete from mirror.dead_event where chain_id = $1 and block_number > $2",
        List.of(Tuple.of(chain.value(), above)));
    batches.put(
        "delete from mirror.block where chain_id = $1 and number > $2",
        List.of(Tuple.of(chain.value(), above)));
    batches.put(
        "update mirror.raw_log set is_canonical = false where chain_id = $1 and block_number > $2",
        List.of(Tuple.of(chain.value(), above)));
    return runAll(connection, batches);
  }

  private static Future<Void> runAll(SqlConnection connection, Map<String, List<Tuple>> batches) {
    Future<Void> done = Future.succeededFuture();
    for (var batch : batches.entrySet()) {
      done =
          done.compose(
              before ->
                  connection
                      .preparedQuery(batch.getKey())
                      .executeBatch(batch.getValue())
                      .mapEmpty());
    }
    return done;
  }

  private static Future<Void> announce(SqlConnection connection) {
    return connection.query("notify " + CHANNEL).execute().mapEmpty();
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(List.of(parameters))));
  }

  private static Stream<Row> rows(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }

  private static Buffer buffer(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }
}
