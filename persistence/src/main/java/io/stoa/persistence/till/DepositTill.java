package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentKey;
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
 * Deposits that the node sends for their payers. Every change is one durable compare-and-set
 * statement, so that any number of instances may work on them; a change that came too late returns
 * false and did nothing. Every method blocks: call from a virtual thread. Fails with {@link
 * io.stoa.domain.MarketException.Unavailable} when the database does not answer; the change may
 * then have happened.
 */
public final class DepositTill {
  private static final String DECIDE =
      """
      with decided as (
        update till.deposit set state = '%s', lease_until = now(), block_number = $3, block_hash = $4, %s = $5
        where payer = $1 and id = $2 and state = 'OPEN'
        returning payer, chain_id, asset, amount)
      update till.payer p
      set held = p.held - d.amount, decided_block = greatest(p.decided_block, $3)
      from decided d where p.payer = d.payer and p.chain_id = d.chain_id and p.asset = d.asset
      """;
  private static final String MINE = DECIDE.formatted("MINED", "tx_hash");
  private static final String VOID = DECIDE.formatted("VOID", "void_reason");

  private final Pool pool;

  public DepositTill(Pool pool) {
    this.pool = pool;
  }

  /**
   * Takes a deposit that was verified, before it is sent, if it is free and its payer's balance
   * covers it.
   *
   * @param balance what the payer held at {@code balanceBlock}, in the token's smallest unit
   * @param lease how long the holder may take before others may carry on
   */
  public Deposit.Outcome claim(
      Deposit deposit, BigInteger balance, long balanceBlock, Duration lease) {
    var config = deposit.config();
    var row =
        run(
                """
                select till.claim_deposit(
                  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) as outcome
                """,
                bytes(config.payer().toBytes()),
                bytes(deposit.id().value()),
                config.asset().chain().value(),
                bytes(config.asset().token().toBytes()),
                method(deposit.key()),
                bytes(nonce(deposit.key())),
                bytes(deposit.channel().value()),
                bytes(config.payerAuthorizer().toBytes()),
                bytes(config.receiver().toBytes()),
                bytes(config.receiverAuthorizer().toBytes()),
                config.withdrawDelay(),
                bytes(config.salt()),
                new BigDecimal(deposit.amount()),
                new BigDecimal(deposit.deadline()),
                deposit.searchFrom(),
                new BigDecimal(balance),
                balanceBlock,
                lease.toMillis())
            .iterator()
            .next();
    return Deposit.Outcome.valueOf(row.getString("outcome"));
  }

  public Optional<Deposit.Known> find(PaymentId id) {
    return all(run("select * from till.deposit where id = $1", bytes(id.value())))
        .map(DepositTill::read)
        .findFirst();
  }

  /** Takes an open one over whose holder's lease ended. */
  public boolean takeOver(Deposit deposit, Duration lease) {
    return changes(
        """
        update till.deposit set lease_until = now() + $3 * interval '1 millisecond'
        where payer = $1 and id = $2 and state = 'OPEN' and lease_until < now()
        """,
        payer(deposit),
        id(deposit),
        lease.toMillis());
  }

  /** Open ones whose holder's lease ended, each leased to the caller. */
  public List<Deposit.Known> takeOver(int limit, Duration lease) {
    return all(run(
            """
            update till.deposit d set lease_until = now() + $2 * interval '1 millisecond'
            from (
              select payer, id from till.deposit where state = 'OPEN' and lease_until < now()
              order by lease_until limit $1 for update skip locked) late
            where d.payer = late.payer and d.id = late.id
            returning d.*
            """,
            limit,
            lease.toMillis()))
        .map(DepositTill::read)
        .toList();
  }

  /** Ends the holder's lease: an open one is to be looked at again after {@code pause}. */
  public boolean putOff(Deposit deposit, Duration pause) {
    return changes(
        """
        update till.deposit set lease_until = now() + $3 * interval '1 millisecond'
        where payer = $1 and id = $2 and state = 'OPEN'
        """,
        payer(deposit),
        id(deposit),
        pause.toMillis());
  }

  /** OPEN to MINED. */
  public boolean mined(Deposit deposit, Settlement settlement) {
    return changes(
        MINE,
        payer(deposit),
        id(deposit),
        settlement.block().number(),
        bytes(settlement.block().hash()),
        bytes(settlement.transaction().value()));
  }

  /** OPEN to VOID. */
  public boolean voidFor(Deposit deposit, String reason, BlockRef decidedBy) {
    return changes(
        VOID, payer(deposit), id(deposit), decidedBy.number(), bytes(decidedBy.hash()), reason);
  }

  /** Mined ones that a reorganisation could still undo, oldest block first. */
  public List<Deposit.Known> provisional(int limit) {
    return all(run(
            """
            select * from till.deposit where state = 'MINED' and not is_final
            order by block_number limit $1
            """,
            limit))
        .map(DepositTill::read)
        .toList();
  }

  /** Marks a mined one as beyond reorganisation. */
  public boolean confirm(Deposit deposit, BlockRef minedIn) {
    return changes(
        """
        update till.deposit set is_final = true
        where payer = $1 and id = $2 and state = 'MINED' and block_hash = $3 and not is_final
        """,
        payer(deposit),
        id(deposit),
        bytes(minedIn.hash()));
  }

  /** MINED back to OPEN: its block is gone. */
  public boolean reopen(Deposit deposit, BlockRef lost) {
    return changes(
        """
        with reopened as (
          update till.deposit
          set state = 'OPEN', lease_until = now(), tx_hash = null, block_number = null, block_hash = null
          where payer = $1 and id = $2 and state = 'MINED' and block_hash = $3 and not is_final
          returning payer, chain_id, asset, amount)
        update till.payer p set held = p.held + r.amount
        from reopened r where p.payer = r.payer and p.chain_id = r.chain_id and p.asset = r.asset
        """,
        payer(deposit),
        id(deposit),
        bytes(lost.hash()));
  }

  /** Whether {@code transaction} is known to have made another deposit into the same channel. */
  public boolean isOfAnother(Deposit deposit, TxHash transaction) {
    return all(run(
                """
                select from till.deposit
                where channel_id = $1 and tx_hash = $2 and state = 'MINED' and id <> $3
                """,
                bytes(deposit.channel().value()),
                bytes(transaction.value()),
                id(deposit)))
            .count()
        > 0;
  }

  private static Deposit.Known read(Row row) {
    var config = ChannelRow.config(row);
    var nonce = ChannelRow.bytes32(row, "nonce");
    var key =
        switch (row.getString("method")) {
          case "EIP3009" -> new PaymentKey.Eip3009(config.asset(), config.payer(), nonce);
          case "PERMIT2" ->
              new PaymentKey.Permit2(config.asset().chain(), config.payer(), nonce.toUnsigned());
          default -> throw new IllegalStateException("not a method: " + row.getString("method"));
        };
    return new Deposit.Known(
        new Deposit(
            key,
            ChannelRow.id(row),
            config,
            ChannelRow.integer(row, "amount"),
            ChannelRow.integer(row, "deadline"),
            row.getLong("search_from")),
        state(row),
        row.getOffsetDateTime("presented_at").toInstant());
  }

  private static Deposit.State state(Row row) {
    return switch (row.getString("state")) {
      case "OPEN" -> new Deposit.State.Open();
      case "MINED" ->
          new Deposit.State.Mined(ChannelRow.settlement(row), row.getBoolean("is_final"));
      case "VOID" -> new Deposit.State.Voided(row.getString("void_reason"), ChannelRow.block(row));
      default -> throw new IllegalStateException("not a state: " + row.getString("state"));
    };
  }

  private static String method(PaymentKey key) {
    return switch (key) {
      case PaymentKey.Eip3009 _ -> "EIP3009";
      case PaymentKey.Permit2 _ -> "PERMIT2";
    };
  }

  private static Bytes32 nonce(PaymentKey key) {
    return switch (key) {
      case PaymentKey.Eip3009(_, _, var nonce) -> nonce;
      case PaymentKey.Permit2(_, _, var nonce) -> Bytes32.of(nonce);
    };
  }

  private static Buffer payer(Deposit deposit) {
    return bytes(deposit.config().payer().toBytes());
  }

  private static Buffer id(Deposit deposit) {
    return bytes(deposit.id().value());
  }

  private boolean changes(String statement, Object... parameters) {
    return run(statement, parameters).rowCount() > 0;
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer bytes(byte[] value) {
    return Buffer.buffer(value);
  }
}
