package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Refunds that the node signs. Every change is one durable statement; one that came too late
 * returns false and did nothing. Every method blocks: call from a virtual thread. Fails with {@link
 * io.stoa.domain.MarketException.Unavailable} when the database does not answer; the change may
 * then have happened.
 */
public final class RefundTill {
  private final Pool pool;

  public RefundTill(Pool pool) {
    this.pool = pool;
  }

  /**
   * Writes a refund down before it is signed. From now on its hold ends with it and not before: a
   * signed refund can be used by anyone.
   *
   * @param lease how long the caller may take before others may carry on
   * @return whether the hold was still good; if not, nothing was written
   */
  public boolean open(Refund refund, Duration lease) {
    var statement =
        """
        with kept as (
          update till.reservation set lease_until = 'infinity' where channel_id = $1 and fence = $2
          returning channel_id, fence)
        insert into till.refund (channel_id, fence, nonce, call_id, amount, search_from, state, lease_until, opened_at)
        select channel_id, fence, $3, $4, $5, $6, 'OPEN', now() + $7 * interval '1 millisecond', now() from kept
        """;
    var row =
        Tuple.of(channel(refund), refund.hold().fence(), new BigDecimal(refund.nonce()))
            .addString(refund.call().map(CallId::value).orElse(null))
            .addBigDecimal(new BigDecimal(refund.amount()))
            .addLong(refund.searchFrom())
            .addLong(lease.toMillis());
    return Blocking.await(pool.preparedQuery(statement).execute(row)).rowCount() > 0;
  }

  /** Where the refund stands that was asked for by this name, the last one if there are several. */
  public Optional<Refund.State> find(ChannelId channel, CallId call) {
    return all(run(
            """
            select * from till.refund where channel_id = $1 and call_id = $2
            order by fence desc limit 1
            """,
            bytes(channel.value()),
            call.value()))
        .map(RefundTill::state)
        .findFirst();
  }

  public Refund.State get(Refund refund) {
    return all(run(
            "select * from till.refund where channel_id = $1 and fence = $2",
            channel(refund),
            refund.hold().fence()))
        .map(RefundTill::state)
        .findFirst()
        .orElseThrow();
  }

  /** Open ones whose holder's lease ended, each leased to the caller. */
  public List<Refund> takeOver(int limit, Duration lease) {
    return all(run(
            """
            update till.refund r set lease_until = now() + $2 * interval '1 millisecond'
            from (
              select channel_id, fence from till.refund where state = 'OPEN' and lease_until < now()
              order by lease_until limit $1 for update skip locked) late
            where r.channel_id = late.channel_id and r.fence = late.fence
            returning r.*
            """,
            limit,
            lease.toMillis()))
        .map(RefundTill::read)
        .toList();
  }

  /** Ends the holder's lease: an open one is to be looked at again after {@code pause}. */
  public void putOff(Refund refund, Duration pause) {
    run(
        """
        update till.refund set lease_until = now() + $3 * interval '1 millisecond'
        where channel_id = $1 and fence = $2 and state = 'OPEN'
        """,
        channel(refund),
        refund.hold().fence(),
        pause.toMillis());
  }

  /**
   * OPEN to DONE. Not before the channel's mirror shows that the money is gone. Ends the hold if it
   * is final, or left nothing to pay calls with; else that is for {@link #confirm}.
   *
   * @param returned what went back
   * @param isFinal whether no reorganisation can undo it
   */
  public boolean done(Refund refund, Settlement settlement, BigInteger returned, boolean isFinal) {
    return end(
        Tuple.of(channel(refund), refund.hold().fence(), "DONE")
            .addBuffer(bytes(settlement.transaction().value()))
            .addLong(settlement.block().number())
            .addBuffer(bytes(settlement.block().hash()))
            .addBigDecimal(new BigDecimal(returned))
            .addBoolean(isFinal));
  }

  /** OPEN to VOID; ends the hold. Only for what was not signed, or can never be used any more. */
  public boolean voided(Refund refund) {
    return end(
        Tuple.of(channel(refund), refund.hold().fence(), "VOID")
            .addBuffer(null)
            .addLong(null)
            .addBuffer(null)
            .addBigDecimal(null)
            .addBoolean(true));
  }

  /**
   * One that is done, by a transaction that a reorganisation could still undo.
   *
   * @param minedIn the block that holds it
   */
  public record Provisional(Refund refund, BlockRef minedIn) {}

  /** Oldest block first. */
  public List<Provisional> provisional(int limit) {
    return all(run(
            """
            select * from till.refund where state = 'DONE' and not is_final
            order by block_number limit $1
            """,
            limit))
        .map(row -> new Provisional(read(row), ChannelRow.block(row)))
        .toList();
  }

  /** Marks it as beyond reorganisation; ends the hold. */
  public boolean confirm(Provisional done) {
    return isTrue(
        "select till.confirm_refund($1, $2, $3)",
        Tuple.of(
            channel(done.refund()), done.refund().hold().fence(), bytes(done.minedIn().hash())));
  }

  /**
   * DONE back to OPEN: its block is gone. Not while a later one of the same channel is open: that
   * one waits for the same nonce.
   */
  public boolean reopen(Provisional lost) {
    return run(
                """
        update till.refund r
        set state = 'OPEN', lease_until = now(), tx_hash = null, block_number = null, block_hash = null,
          returned = null
        where channel_id = $1 and fence = $2 and state = 'DONE' and block_hash = $3 and not is_final
          and not exists (select from till.refund o where o.channel_id = r.channel_id and o.state = 'OPEN')
        """,
                channel(lost.refund()),
                lost.refund().hold().fence(),
                bytes(lost.minedIn().hash()))
            .rowCount()
        > 0;
  }

  private boolean end(Tuple row) {
    return isTrue("select till.end_refund($1, $2, $3, $4, $5, $6, $7, $8)", row);
  }

  private boolean isTrue(String query, Tuple row) {
    return Blocking.await(pool.preparedQuery(query).execute(row)).iterator().next().getBoolean(0);
  }

  private static Refund read(Row row) {
    return new Refund(
        new Hold(ChannelRow.id(row), row.getLong("fence")),
        ChannelRow.integer(row, "nonce"),
        Optional.ofNullable(row.getString("call_id")).map(CallId::new),
        ChannelRow.integer(row, "amount"),
        row.getLong("search_from"));
  }

  private static Refund.State state(Row row) {
    return switch (row.getString("state")) {
      case "OPEN" -> new Refund.State.Open();
      case "DONE" ->
          new Refund.State.Done(ChannelRow.settlement(row), ChannelRow.integer(row, "returned"));
      case "VOID" -> new Refund.State.Voided();
      default -> throw new IllegalStateException("not a state: " + row.getString("state"));
    };
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Buffer channel(Refund refund) {
    return bytes(refund.hold().channel().value());
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }
}
