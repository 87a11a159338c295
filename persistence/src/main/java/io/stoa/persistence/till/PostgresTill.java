package io.stoa.persistence.till;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The till in PostgreSQL, schema {@code till}. */
public final class PostgresTill implements Till {
  private final Pool pool;
  private final GroupCommit<PaymentId, Optional<Row>> finds;
  private final PaymentGroups groups;

  public PostgresTill(Pool pool) {
    this.pool = pool;
    this.finds = new GroupCommit<>(this::findAll);
    this.groups = new PaymentGroups(pool);
  }

  @Override
  public Claim.Outcome claim(Claim claim) {
    return groups.claim(claim);
  }

  @Override
  public boolean release(Ticket ticket) {
    return changes(
        """
        with released as (
          update till.payment set state = 'RELEASED', lease_until = now()
          where payer = $1 and id = $2 and fence = $3 and state = 'VERIFIED'
          returning payer, chain_id, asset, amount, permitted)
        update till.payer p set held = p.held - r.amount, permitted = p.permitted - r.permitted
        from released r where p.payer = r.payer and p.chain_id = r.chain_id and p.asset = r.asset
        """,
        bytes(ticket.payer().toBytes()),
        bytes(ticket.id().value()),
        ticket.fence());
  }

  @Override
  public boolean keepAnswer(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      BigInteger charged,
      Duration retention,
      Duration lease) {
    return groups.keep(
        new PaymentGroups.KeptAnswer(ticket, sealed, delivery, charged, retention, lease));
  }

  @Override
  public boolean giveAway(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      Optional<String> receipt,
      Duration retention) {
    return changes(
        """
        with answered as (
          update till.payment
          set state = 'FREE', response_body = $5, usage = $8, charged = 0, lease_until = now()
          where payer = $1 and id = $2 and fence = $3 and state = 'VERIFIED'
          returning payer, id, chain_id, asset, amount, permitted), kept as (
          insert into till.answer (payer, id, sealed, expires_at)
          select payer, id, $4, now() + $6 * interval '1 millisecond' from answered), proved as (
          insert into till.receipt (payer, id, document, issued_at)
          select payer, id, $7::text, now() from answered where $7::text is not null)
        update till.payer p set held = p.held - a.amount, permitted = p.permitted - a.permitted
        from answered a where p.payer = a.payer and p.chain_id = a.chain_id and p.asset = a.asset
        """,
        bytes(ticket.payer().toBytes()),
        bytes(ticket.id().value()),
        ticket.fence(),
        bytes(sealed),
        bytes(delivery.bodySha256()),
        retention.toMillis(),
        receipt.orElse(null),
        delivery.usage().toString());
  }

  @Override
  public boolean begin(Ticket ticket, BigInteger charged, Duration lease) {
    return changes(
        """
        with begun as (
          update till.payment
          set state = case when $4::numeric = 0 then 'FREE' else 'SETTLING' end, charged = $4::numeric,
            fence = fence + 1, attempts = 0, lease_until = now() + $5 * interval '1 millisecond'
          where payer = $1 and id = $2 and fence = $3 and state = 'VERIFIED'
          returning payer, id, chain_id, asset, amount, permitted, state), freed as (
          update till.payer p set held = p.held - b.amount, permitted = p.permitted - b.permitted
          from begun b
          where b.state = 'FREE' and p.payer = b.payer and p.chain_id = b.chain_id and p.asset = b.asset)
        select from begun
        """,
        bytes(ticket.payer().toBytes()),
        bytes(ticket.id().value()),
        ticket.fence(),
        new BigDecimal(charged),
        lease.toMillis());
  }

  @Override
  public Optional<Leased> takeTurn(PaymentId id, Duration lease) {
    return first(
            run(
                """
                update till.payment
                set fence = fence + 1, attempts = attempts + 1,
                  lease_until = now() + $2 * interval '1 millisecond'
                where id = $1 and state = 'SETTLED' and response_body is null and listing_id is not null
                  and attempts < $3 and lease_until <= now()
                returning *
                """,
                bytes(id.value()),
                lease.toMillis(),
                Payment.MAX_ATTEMPTS))
        .map(PostgresTill::leased);
  }

  @Override
  public boolean answerInTurn(
      Ticket ticket,
      Settlement settlement,
      byte[] sealed,
      Delivery delivery,
      String receipt,
      Duration retention) {
    return changes(
        """
        with answered as (
          update till.payment set response_body = $5, usage = $6, lease_until = now()
          where payer = $1 and id = $2 and fence = $3 and state = 'SETTLED' and response_body is null
            and tx_hash = $4 and block_hash = $10
          returning payer, id), proved as (
          insert into till.receipt (payer, id, document, issued_at)
          select payer, id, $9::text, now() from answered)
        insert into till.answer (payer, id, sealed, expires_at)
        select payer, id, $7, now() + $8 * interval '1 millisecond' from answered
        """,
        bytes(ticket.payer().toBytes()),
        bytes(ticket.id().value()),
        ticket.fence(),
        bytes(settlement.transaction().value()),
        bytes(delivery.bodySha256()),
        delivery.usage().toString(),
        bytes(sealed),
        retention.toMillis(),
        receipt,
        bytes(settlement.block().hash()));
  }

  @Override
  public boolean passTurn(Ticket ticket) {
    return changes(
        """
        update till.payment
        set state = case when attempts < $4 then 'SETTLED' else 'REFUND_DUE' end, lease_until = now()
        where payer = $1 and id = $2 and fence = $3 and state = 'SETTLED' and response_body is null
        """,
        bytes(ticket.payer().toBytes()),
        bytes(ticket.id().value()),
        ticket.fence(),
        Payment.MAX_ATTEMPTS);
  }

  @Override
  public List<PaymentId> giveUp(Duration patience) {
    return all(run(
            """
                update till.payment set state = 'REFUND_DUE'
                where state = 'SETTLED' and response_body is null and listing_id is not null
                  and lease_until <= now()
                  and (attempts >= $1 or settled_at <= now() - $2 * interval '1 millisecond')
                returning id
                """,
            Payment.MAX_ATTEMPTS,
            patience.toMillis()))
        .map(PostgresTill::id)
        .toList();
  }

  @Override
  public List<Payment> refundsDue(int limit, Duration pause) {
    return all(run(
            """
                update till.payment p
                set lease_until =
                  now() + greatest($2 * interval '1 millisecond', (now() - p.settled_at) / 10)
                from (
                  select payer, id from till.payment
                  where state = 'REFUND_DUE' and lease_until <= now()
                  order by lease_until limit $1 for update skip locked) due
                where p.payer = due.payer and p.id = due.id
                returning p.*
                """,
            limit,
            pause.toMillis()))
        .map(PaymentRow::read)
        .toList();
  }

  @Override
  public boolean refunded(Payment payment, TxHash refund) {
    return changes(
        """
        update till.payment set state = 'REFUNDED', refund_tx = $3
        where payer = $1 and id = $2 and state = 'REFUND_DUE' and is_final
        """,
        bytes(payment.signed().payer().toBytes()),
        bytes(payment.id().value()),
        bytes(refund.value()));
  }

  @Override
  public boolean name(CallName name, NamedPayment payment, Duration retention) {
    return run(
            "select till.name_payment($1, $2, $3, $4, $5, $6)",
            bytes(name.payer().toBytes()),
            name.listing().value(),
            name.id().value(),
            bytes(payment.binding()),
            bytes(payment.payment().value()),
            retention.toMillis())
        .iterator()
        .next()
        .getBoolean(0);
  }

  @Override
  public Optional<NamedPayment> named(CallName name) {
    return first(
            run(
                """
                select binding, id from till.named_payment
                where payer = $1 and listing_id = $2 and call_id = $3 and expires_at > now()
                """,
                bytes(name.payer().toBytes()),
                name.listing().value(),
                name.id().value()))
        .map(
            row ->
                new NamedPayment(
                    Bytes32.of(row.getBuffer("binding").getBytes()),
                    new PaymentId(Bytes32.of(row.getBuffer("id").getBytes()))));
  }

  @Override
  public boolean putOff(Payment payment, Duration pause) {
    return changes(
        """
        update till.payment set state = 'UNKNOWN', lease_until = now() + $3 * interval '1 millisecond'
        where payer = $1 and id = $2 and state in ('SETTLING', 'UNKNOWN')
        """,
        bytes(payment.signed().payer().toBytes()),
        bytes(payment.id().value()),
        pause.toMillis());
  }

  @Override
  public boolean settle(Payment payment, Settlement settlement, Optional<String> receipt) {
    return groups.end(
        new PaymentGroups.End.Settled(
            payment, settlement.block(), settlement.transaction(), receipt));
  }

  @Override
  public boolean voidFor(Payment payment, String reason, BlockRef decidedBy) {
    return groups.end(new PaymentGroups.End.Voided(payment, decidedBy, reason));
  }

  @Override
  public int confirm(List<Decision> decisions) {
    var columns = new Columns<>(decisions);
    return run(
            """
            with decided as (
              select p.payer, p.id
              from unnest($1::bytea[], $2::bytea[], $3::bytea[]) as d (payer, id, block_hash)
              join till.payment p using (payer, id, block_hash)
              where p.state in ('SETTLED', 'REFUND_DUE', 'VOID') and not p.is_final
              for update of p skip locked)
            update till.payment p set is_final = true
            from decided d where p.payer = d.payer and p.id = d.id
            """,
            columns.bytes(decision -> decision.payment().signed().payer().toBytes()),
            columns.bytes(decision -> decision.payment().id().value().toBytes()),
            columns.bytes(decision -> decision.decidedBy().hash().toBytes()))
        .rowCount();
  }

  @Override
  public boolean reopen(Payment payment, BlockRef lost) {
    return changes(
        """
        with reopened as (
          update till.payment
          set state = 'UNKNOWN', lease_until = now(),
            tx_hash = null, void_reason = null, block_number = null, block_hash = null
          where payer = $1 and id = $2 and state in ('SETTLED', 'REFUND_DUE', 'VOID') and block_hash = $3
            and not is_final
          returning payer, chain_id, asset, amount, permitted)
        update till.payer p set held = p.held + r.amount, permitted = p.permitted + r.permitted
        from reopened r where p.payer = r.payer and p.chain_id = r.chain_id and p.asset = r.asset
        """,
        bytes(payment.signed().payer().toBytes()),
        bytes(payment.id().value()),
        bytes(lost.hash()));
  }

  @Override
  public Optional<Payment> find(PaymentId id) {
    return finds.call(id).map(PaymentRow::read);
  }

  private Future<List<Optional<Row>>> findAll(List<PaymentId> ids) {
    return pool.preparedQuery("select * from till.payment where id = any($1)")
        .execute(Tuple.of(bytes(ids)))
        .map(
            rows -> {
              var found = all(rows).collect(toMap(PostgresTill::id, identity()));
              return ids.stream().map(id -> Optional.ofNullable(found.get(id))).toList();
            });
  }

  @Override
  public Set<PaymentId> known(Collection<PaymentId> ids) {
    return all(run(
            "select id from till.payment where id = any($1) and state <> 'RELEASED'",
            (Object) bytes(ids)))
        .map(row -> new PaymentId(Bytes32.of(row.getBuffer("id").getBytes())))
        .collect(toUnmodifiableSet());
  }

  @Override
  public Optional<Payment> served(Address payer, ListingId listing, RequestDigest request) {
    return first(
            run(
                """
                select * from till.payment
                where encode(payer, 'hex') = encode($1, 'hex') and request_body = $5 and listing_id = $2
                  and request_method = $3 and request_target = $4
                  and state not in ('VERIFIED', 'RELEASED', 'VOID', 'REFUNDED')
                order by presented_at desc limit 1
                """,
                bytes(payer.toBytes()),
                listing.value(),
                request.method(),
                request.target(),
                bytes(request.bodySha256())))
        .map(PaymentRow::read);
  }

  @Override
  public Optional<byte[]> answer(PaymentId id) {
    return first(
            run(
                """
                select a.sealed from till.payment p join till.answer a using (payer, id)
                where p.id = $1 and a.expires_at > now()
                """,
                bytes(id.value())))
        .map(row -> row.getBuffer("sealed").getBytes());
  }

  @Override
  public Optional<String> receipt(PaymentId id) {
    return first(
            run(
                """
                select r.document from till.payment p join till.receipt r using (payer, id)
                where p.id = $1 and p.state in ('SETTLED', 'FREE')
                """,
                bytes(id.value())))
        .map(row -> row.getString("document"));
  }

  @Override
  public List<Leased> takeOver(int limit, Duration lease) {
    return all(run(
            """
                update till.payment p set fence = fence + 1, lease_until = now() + $2 * interval '1 millisecond'
                from (
                  select payer, id from till.payment
                  where %s and lease_until < now()
                  order by lease_until limit $1 for update skip locked) late
                where p.payer = late.payer and p.id = late.id
                returning p.*
                """
                .formatted(PaymentRow.UNDECIDED),
            limit,
            lease.toMillis()))
        .map(PostgresTill::leased)
        .toList();
  }

  private static Leased leased(Row row) {
    var payment = PaymentRow.read(row);
    return new Leased(
        payment, new Ticket(payment.signed().payer(), payment.id(), row.getInteger("fence")));
  }

  @Override
  public List<Payment> provisional(int limit) {
    return all(run(
            """
                select * from till.payment where state in ('SETTLED', 'REFUND_DUE', 'VOID') and not is_final
                order by block_number limit $1
                """,
            limit))
        .map(PaymentRow::read)
        .toList();
  }

  @Override
  public long undecided() {
    return first(
            run("select count(*) as undecided from till.payment where " + PaymentRow.UNDECIDED))
        .orElseThrow()
        .getLong("undecided");
  }

  @Override
  public int dropExpiredAnswers(int limit) {
    return run(
            """
            with names as (delete from till.named_payment where expires_at < now()), expired as materialized (
              select a.payer, a.id from till.answer a, lateral (
                select p.state from till.payment p where p.payer = a.payer and p.id = a.id offset 0) p
              where a.expires_at < now() and p.state in ('SETTLED', 'FREE', 'VOID')
              order by a.expires_at limit $1)
            delete from till.answer a using expired e where a.payer = e.payer and a.id = e.id
            """,
            limit)
        .rowCount();
  }

  private boolean changes(String statement, @Nullable Object... parameters) {
    return run(statement, parameters).rowCount() > 0;
  }

  private RowSet<Row> run(String statement, @Nullable Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static Optional<Row> first(RowSet<Row> rows) {
    return all(rows).findFirst();
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static PaymentId id(Row row) {
    return new PaymentId(Bytes32.of(row.getBuffer("id").getBytes()));
  }

  private static Buffer[] bytes(Collection<PaymentId> ids) {
    return ids.stream().map(id -> bytes(id.value())).toArray(Buffer[]::new);
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer bytes(byte[] value) {
    return Buffer.buffer(value);
  }
}
