package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.domain.TxHash;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.stream.StreamSupport;

/**
 * The node's own transactions, written down before they are broadcast. Every method blocks: call
 * from a virtual thread.
 */
public final class Sends {
  private static final String WITH_VARIANTS =
      """
      select s.*, (select array_agg(v.raw order by v.place) from till.send_variant v
        where v.account = s.account and v.nonce = s.nonce) as variants
      from till.send s
      """;

  private final Pool pool;
  private final Map<Address, Long> likelyFree = new ConcurrentHashMap<>();

  public Sends(Pool pool) {
    this.pool = pool;
  }

  /**
   * Gives what {@code signer} makes the lowest nonce from {@code firstFree} upwards that has no
   * row, and stores it, in one statement under a lock on the account. It is signed for the nonce
   * that was free a moment ago, and signed again if that one was taken. Fails with a {@link
   * MarketException.Conflict} when one of the purposes is under way already; then nothing is
   * stored.
   */
  public Send append(
      Address account, long firstFree, List<String> purposes, LongFunction<Bytes> signer) {
    long nonce = likelyFree.getOrDefault(account, firstFree);
    while (true) {
      var raw = signer.apply(nonce);
      var free =
          run(
                  "select till.append_send($1, $2, $3, $4, $5)",
                  bytes(account),
                  firstFree,
                  purposes.toArray(String[]::new),
                  nonce,
                  Buffer.buffer(raw.toBytes()))
              .iterator()
              .next()
              .getLong(0);
      if (free == null) {
        throw new MarketException.Conflict("already-under-way", "This transaction is under way.");
      }
      if (free == nonce) {
        likelyFree.put(account, nonce + 1);
        return new Send(account, nonce, purposes, List.of(raw), Optional.empty());
      }
      nonce = free;
    }
  }

  /** Adds a variant; one that is there already changes nothing. */
  public void replace(Address account, long nonce, Bytes variant) {
    run(
        """
        insert into till.send_variant (account, nonce, place, raw)
        select $1, $2, coalesce(max(place) + 1, 0), $3 from till.send_variant where account = $1 and nonce = $2
        on conflict (account, nonce, sha256(raw)) do nothing
        """,
        bytes(account),
        nonce,
        Buffer.buffer(variant.toBytes()));
  }

  /** All whose nonce is not used up, by ascending nonce. */
  public List<Send> open(Address account) {
    return all(
        run(
            WITH_VARIANTS + " where account = $1 and ended is null order by nonce",
            bytes(account)));
  }

  public Optional<Send> find(Address account, long nonce) {
    return all(run(WITH_VARIANTS + " where account = $1 and nonce = $2", bytes(account), nonce))
        .stream()
        .findFirst();
  }

  public Optional<Send> findByPurpose(String purpose) {
    return all(
            run(
                WITH_VARIANTS + " where purposes @> $1 order by opened_at desc, nonce desc limit 1",
                (Object) new String[] {purpose}))
        .stream()
        .findFirst();
  }

  /** Writes down what used a nonce of a row up, over whatever stood there. */
  public void conclude(Address account, long nonce, Send.End end) {
    var row =
        switch (end) {
          case Send.End.Mined(var transaction, var block, var succeeded) ->
              ended(account, nonce, "MINED", transaction, block).addBoolean(succeeded);
          case Send.End.Cancelled(var transaction, var block) ->
              ended(account, nonce, "CANCELLED", transaction, block).addValue(null);
          case Send.End.Displaced _ ->
              Tuple.of(bytes(account), nonce, "DISPLACED", null, null, null).addValue(null);
        };
    var concluded =
        Blocking.await(
            pool.preparedQuery(
                    """
                update till.send
                set ended = $3, tx_hash = $4, block_number = $5, block_hash = $6, succeeded = $7
                where account = $1 and nonce = $2
                """)
                .execute(row));
    if (concluded.rowCount() == 0) {
      throw new IllegalArgumentException("no send of " + account + " has the nonce " + nonce);
    }
  }

  private static Tuple ended(
      Address account, long nonce, String how, TxHash transaction, BlockRef block) {
    return Tuple.of(
        bytes(account),
        nonce,
        how,
        Buffer.buffer(transaction.value().toBytes()),
        block.number(),
        Buffer.buffer(block.hash().toBytes()));
  }

  /** Takes the ends of nonces from {@code firstFree} upwards back. */
  public void reopen(Address account, long firstFree) {
    run(
        """
        update till.send
        set ended = null, tx_hash = null, block_number = null, block_hash = null, succeeded = null
        where account = $1 and nonce >= $2 and ended is not null
        """,
        bytes(account),
        firstFree);
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static List<Send> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(Sends::read).toList();
  }

  private static Send read(Row row) {
    var variants = new ArrayList<Bytes>();
    Arrays.asList(row.getArrayOfBuffers("variants"))
        .forEach(raw -> variants.add(Bytes.wrap(raw.getBytes())));
    return new Send(
        Address.of(row.getBuffer("account").getBytes()),
        row.getLong("nonce"),
        List.of(row.getArrayOfStrings("purposes")),
        variants,
        Optional.ofNullable(row.getString("ended")).map(ended -> end(ended, row)));
  }

  private static Send.End end(String ended, Row row) {
    return switch (ended) {
      case "MINED" -> new Send.End.Mined(hash(row), block(row), row.getBoolean("succeeded"));
      case "CANCELLED" -> new Send.End.Cancelled(hash(row), block(row));
      case "DISPLACED" -> new Send.End.Displaced();
      default -> throw new IllegalStateException("not an end: " + ended);
    };
  }

  private static TxHash hash(Row row) {
    return new TxHash(Bytes32.of(row.getBuffer("tx_hash").getBytes()));
  }

  private static BlockRef block(Row row) {
    return new BlockRef(
        row.getLong("block_number"), Bytes32.of(row.getBuffer("block_hash").getBytes()));
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
