package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The mirror in PostgreSQL, schema {@code mirror}. Tells listeners on {@link #CHANNEL} of every
 * change that readers can see.
 */
public final class PostgresMirrorWriter implements MirrorWriter {
  /** The channel of {@code LISTEN}. */
  public static final String CHANNEL = "mirror_changed";

  /** How many blocks are remembered: a deeper reorganisation builds the mirror anew. */
  private static final int REMEMBERED = 4096;

  private static final List<String> FORGOTTEN =
      Stream.of(
              "listing",
              "listing_owner",
              "listing_status",
              "listing_version",
              "listing_offers",
              "listing_splitter",
              "dead_event")
          .map("delete from mirror.%s where chain_id = $1 and block_number > $2"::formatted)
          .toList();

  private final Pool pool;

  public PostgresMirrorWriter(Pool pool) {
    this.pool = pool;
  }

  @Override
  public void begin(ChainId chain, Address registry) {
    var address = Buffer.buffer(registry.toBytes());
    Blocking.await(
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        """
                        insert into mirror.chain_cursor as c (chain_id, registry) values ($1, $2)
                        on conflict (chain_id) do update
                          set registry = $2, block_number = null, block_hash = null, block_time = null
                          where c.registry <> $2
                        """)
                    .execute(Tuple.of(chain.value(), address))
                    .compose(
                        begun ->
                            begun.rowCount() == 0
                                ? Future.succeededFuture()
                                : forget(connection, chain, -1))));
  }

  @Override
  public Optional<Progress.Cursor> cursor(ChainId chain) {
    return rows(run(
            """
                select block_number, block_hash, block_time from mirror.chain_cursor
                where chain_id = $1 and block_number is not null
                """,
            chain.value()))
        .findFirst()
        .map(
            row ->
                new Progress.Cursor(
                    new BlockRef(row.getLong("block_number"), bytes32(row, "block_hash")),
                    row.getOffsetDateTime("block_time").toInstant()));
  }

  @Override
  public List<BlockRef> remembered(ChainId chain, long number, int limit) {
    return rows(run(
            """
                select number, hash from mirror.block where chain_id = $1 and number <= $2
                order by number desc limit $3
                """,
            chain.value(),
            number,
            limit))
        .map(row -> new BlockRef(row.getLong("number"), bytes32(row, "hash")))
        .toList();
  }

  @Override
  public void advance(ChainId chain, Optional<BlockRef> from, Progress progress) {
    var rows = ProgressRows.of(chain, progress);
    Blocking.await(
        pool.withTransaction(
            connection ->
                moveCursor(connection, chain, from, Optional.of(progress.to()))
                    .compose(moved -> rows.insert(connection))
                    .compose(written -> forgetOldBlocks(connection, chain, progress.to().block()))
                    .compose(
                        written ->
                            progress.facts().isEmpty()
                                ? Future.succeededFuture()
                                : announce(connection))));
  }

  @Override
  public void unwind(ChainId chain, BlockRef from, Optional<Progress.Cursor> ancestor) {
    long kept = ancestor.map(cursor -> cursor.block().number()).orElse(-1L);
    Blocking.await(
        pool.withTransaction(
            connection ->
                moveCursor(connection, chain, Optional.of(from), ancestor)
                    .compose(moved -> forget(connection, chain, kept))));
  }

  @Override
  public List<Document> pending(ChainId chain, int limit) {
    return rows(run(
            """
                select type, cid, sha256 from mirror.document
                where chain_id = $1 and state = 'PENDING' and next_try <= now()
                order by next_try limit $2
                """,
            chain.value(),
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
  public void found(ChainId chain, Document document, Document.Finding finding) {
    switch (finding) {
      case Document.Finding.Valid(var body) -> decide(chain, document, "VALID", null, body);
      case Document.Finding.Invalid(var reason) -> decide(chain, document, "INVALID", reason, null);
      case Document.Finding.Missing _ ->
          run(
              """
              update mirror.document
              set next_try = now() + greatest(interval '0.25 s', least(interval '30 s', (now() - seen_at) / 20))
              where chain_id = $1 and type = $2 and cid = $3 and sha256 = $4 and state = 'PENDING'
              """,
              chain.value(),
              document.type().name(),
              Buffer.buffer(document.cid().toBytes()),
              buffer(document.sha256()));
    }
  }

  @Override
  public void arrived(ChainId chain, Cid cid) {
    run(
        """
        update mirror.document set next_try = now()
        where chain_id = $1 and type in ('MANIFEST', 'OFFERS') and cid = $2 and state = 'PENDING'
        """,
        chain.value(),
        Buffer.buffer(cid.toBytes()));
  }

  /** A digest over all that the mirror says of this chain: equal mirrors have equal digests. */
  public Bytes32 digest(ChainId chain) {
    return bytes32(
        rows(run(MirrorDigest.STATEMENT, chain.value())).findFirst().orElseThrow(), "digest");
  }

  private void decide(
      ChainId chain,
      Document document,
      String state,
      @Nullable String reason,
      @Nullable String body) {
    Blocking.await(
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        """
                        update mirror.document set state = $5, reason = $6, body = $7
                        where chain_id = $1 and type = $2 and cid = $3 and sha256 = $4
                          and state = 'PENDING'
                        """)
                    .execute(
                        Tuple.of(
                            chain.value(),
                            document.type().name(),
                            Buffer.buffer(document.cid().toBytes()),
                            buffer(document.sha256()),
                            state,
                            reason,
                            body))
                    .compose(updated -> announce(connection))));
  }

  private static Future<Void> moveCursor(
      SqlConnection connection,
      ChainId chain,
      Optional<BlockRef> from,
      Optional<Progress.Cursor> to) {
    return connection
        .preparedQuery(
            """
            update mirror.chain_cursor set block_number = $4, block_hash = $5, block_time = $6
            where chain_id = $1
              and block_number is not distinct from $2 and block_hash is not distinct from $3
            """)
        .execute(
            Tuple.of(
                chain.value(),
                from.map(BlockRef::number).orElse(null),
                from.map(block -> buffer(block.hash())).orElse(null),
                to.map(cursor -> cursor.block().number()).orElse(null),
                to.map(cursor -> buffer(cursor.block().hash())).orElse(null),
                to.map(cursor -> cursor.time().atOffset(ZoneOffset.UTC)).orElse(null)))
        .compose(
            moved ->
                moved.rowCount() == 1
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new MarketException.Conflict(
                            "mirror-moved", "Another instance moved the mirror's cursor.")));
  }

  private static Future<Void> forgetOldBlocks(
      SqlConnection connection, ChainId chain, BlockRef newest) {
    return connection
        .preparedQuery("delete from mirror.block where chain_id = $1 and number < $2")
        .execute(Tuple.of(chain.value(), newest.number() - REMEMBERED))
        .mapEmpty();
  }

  /** Raw logs stay: a node may not have them any more when that fork comes back. */
  private static Future<Void> forget(SqlConnection connection, ChainId chain, long above) {
    var statements =
        Stream.concat(
            FORGOTTEN.stream(),
            Stream.of(
                "delete from mirror.block where chain_id = $1 and number > $2",
                "update mirror.raw_log set is_canonical = false where chain_id = $1 and block_number > $2"));
    return statements
        .reduce(
            Future.<Void>succeededFuture(),
            (before, statement) ->
                before.compose(
                    done ->
                        connection
                            .preparedQuery(statement)
                            .execute(Tuple.of(chain.value(), above))
                            .mapEmpty()),
            (first, second) -> first.compose(done -> second))
        .compose(forgotten -> announce(connection));
  }

  private static Future<Void> announce(SqlConnection connection) {
    return connection.query("notify " + CHANNEL).execute().mapEmpty();
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
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
