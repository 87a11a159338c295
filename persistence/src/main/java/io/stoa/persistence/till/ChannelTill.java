package io.stoa.persistence.till;

import static java.time.ZoneOffset.UTC;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.Blocking;
import io.stoa.persistence.till.Hold.Unwritten;
import io.stoa.persistence.till.UnwrittenCalls.Known;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What must not be lost about payment channels: vouchers, calls, charges, and the ledger, in
 * PostgreSQL. Every change is one durable statement under the lock of its channel's row, so that
 * any number of instances may work on one channel; a change that came too late says so and did
 * nothing. Reservations and charges made at the same time share a turn. While no other instance
 * serves calls, a reservation may stay in memory until its charge. Every method blocks: call from a
 * virtual thread. Fails with {@link io.stoa.domain.MarketException.Unavailable} when the database
 * does not answer; the change may then have happened.
 */
public final class ChannelTill {
  private static final String SYNC =
      "select till.sync($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

  private static final String RECORD =
      """
      with moved as (
        insert into till.channel_move (channel_id, tx_hash, kind, amount, block_number, block_hash, recorded_at)
        values ($1, $17, $18, $19, $20, $21, now())
        on conflict (channel_id, tx_hash, kind) do update
        set amount = excluded.amount, block_number = excluded.block_number, block_hash = excluded.block_hash)
      """
          + SYNC;

  private final Pool pool;
  private final Clock clock;
  private final GroupCommit<CallStep, Row> turns;
  private final GroupCommit<Charge, Optional<Known>> unwrittenCharges;
  private final UnwrittenCalls unwritten;

  /** Writes every reservation down. */
  public ChannelTill(Pool pool) {
    this(pool, () -> false, Clock.systemUTC());
  }

  /**
   * @param isAlone whether no other instance is known to serve calls
   */
  public ChannelTill(Pool pool, BooleanSupplier isAlone, Clock clock) {
    this.pool = pool;
    this.clock = clock;
    this.turns = new GroupCommit<>(this::turn);
    this.unwrittenCharges = new GroupCommit<>(this::chargeTogether);
    this.unwritten = new UnwrittenCalls(isAlone, clock);
  }

  /**
   * Takes a voucher for one call, if the channel's standing allows it; keeps the voucher with the
   * call until the call is charged.
   */
  public Reservation.Outcome reserve(Reservation reservation) {
    return unwritten.ask(reservation.voucher().channel()).orElseGet(() -> write(reservation));
  }

  /**
   * The same for a call that will soon be charged or released: writes nothing down where this
   * instance alone knows how the channel stands. The hold is then good as long as that is so, and
   * lost with this instance.
   */
  public Reservation.Outcome hold(Reservation reservation) {
    return unwritten.begin(reservation).orElseGet(() -> write(reservation));
  }

  /**
   * Writes down what {@code hold} stands for, if that has not been done. It may be refused now, but
   * not for the age of the channel's reading.
   */
  public Reservation.Outcome writeDown(Hold hold) {
    if (hold.unwritten().isEmpty()) {
      return new Reservation.Outcome.Held(hold);
    }
    unwritten.asking(hold.channel());
    try {
      return write(hold.unwritten().get().reservation().onAnyReading());
    } finally {
      unwritten.release(hold);
    }
  }

  private Reservation.Outcome write(Reservation reservation) {
    var held = Optional.<Hold>empty();
    try {
      var outcome = outcome(reservation, turns.call(reservation));
      if (outcome instanceof Reservation.Outcome.Held(var hold)) {
        held = Optional.of(hold);
      }
      return outcome;
    } finally {
      unwritten.asked(reservation.voucher().channel(), held);
    }
  }

  private static Reservation.Outcome outcome(Reservation reservation, Row row) {
    return switch (row.getString("outcome")) {
      case "HELD" -> new Reservation.Outcome.Held(hold(reservation, row));
      case "NEEDS_SYNC" -> new Reservation.Outcome.NeedsSync();
      case "WITHDRAWING" -> new Reservation.Outcome.Withdrawing(ChannelRow.standing(row));
      case "BUSY" -> new Reservation.Outcome.Busy(ChannelRow.standing(row));
      case "MISMATCH" -> new Reservation.Outcome.Mismatch(ChannelRow.standing(row));
      case "OVERDRAWN" -> new Reservation.Outcome.Overdrawn(ChannelRow.standing(row));
      case "REPEATED" -> new Reservation.Outcome.Repeated(hold(reservation, row));
      default -> throw new IllegalStateException("not an outcome: " + row.getString("outcome"));
    };
  }

  private static Hold hold(Reservation asked, Row row) {
    return new Hold(asked.voucher().channel(), row.getLong("held_fence"));
  }

  /**
   * Ends a call with its price: charges the channel, raises its voucher to the call's if that is
   * higher, writes usage, receipt and ledger, and keeps the answer.
   */
  public Charge.Outcome charge(Charge charge) {
    return charge.hold().unwritten().isPresent() ? chargeUnwritten(charge) : chargeWritten(charge);
  }

  private Charge.Outcome chargeWritten(Charge charge) {
    var row = turns.call(charge);
    return switch (row.getString("outcome")) {
      case "CHARGED" -> {
        var standing = ChannelRow.standing(row);
        if (row.getInteger("holds") == 0) {
          unwritten.learn(charge.hold().channel(), known(standing, row.getLong("last_fence"), row));
        }
        yield new Charge.Outcome.Charged(standing);
      }
      case "CLOSED" -> new Charge.Outcome.Closed();
      case "EXCEEDED" -> new Charge.Outcome.Exceeded();
      default -> throw new IllegalStateException("not an outcome: " + row.getString("outcome"));
    };
  }

  private Charge.Outcome chargeUnwritten(Charge charge) {
    if (charge.price().compareTo(unwritten(charge).reservation().amount()) > 0) {
      return new Charge.Outcome.Exceeded();
    }
    var left = Optional.<Known>empty();
    try {
      left = unwrittenCharges.call(charge);
      return left.<Charge.Outcome>map(known -> new Charge.Outcome.Charged(known.standing()))
          .orElseGet(Charge.Outcome.Closed::new);
    } finally {
      unwritten.end(charge.hold(), left);
    }
  }

  private Known known(Standing standing, long fence, Row row) {
    var age =
        Duration.between(row.getOffsetDateTime("synced_at"), row.getOffsetDateTime("told_at"));
    return new Known(standing, fence, clock.instant().minus(age));
  }

  private Future<List<Optional<Known>>> chargeTogether(List<Charge> asked) {
    var now = clock.instant();
    var ends = new Columns<>(asked);
    var calls = new Columns<>(asked.stream().map(ChannelTill::unwritten).toList());
    return start(
            """
            select *, now() as told_at from till.charge_unwritten(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            Tuple.from(
                List.of(
                    ends.bytes(end -> end.hold().channel().value().toBytes()),
                    ends.longs(end -> end.hold().fence()),
                    calls.integers(call -> call.reservation().voucher().ceiling()),
                    calls.bytes(call -> call.reservation().voucher().signature().toBytes()),
                    calls.integers(call -> call.reservation().amount()),
                    calls.longs(call -> call.reservation().purchase().listing().value()),
                    calls.bytes(call -> call.reservation().purchase().manifestSha256().toBytes()),
                    calls.bytes(call -> call.reservation().purchase().offersRoot().toBytes()),
                    calls.texts(call -> call.reservation().request().method()),
                    calls.texts(call -> call.reservation().request().target()),
                    calls.bytes(call -> call.reservation().request().bodySha256().toBytes()),
                    calls.optionalBytes(call -> call.reservation().binding().map(Bytes32::toBytes)),
                    calls.millis(call -> Duration.between(call.since(), now)),
                    ends.integers(Charge::price),
                    ends.objects(Charge::units),
                    ends.bytes(end -> end.responseSha256().toBytes()),
                    ends.texts(Charge::receipt),
                    ends.optionalBytes(end -> end.kept().map(kept -> kept.sealed().toBytes())),
                    ends.millis(
                        end -> end.kept().map(Charge.Kept::retention).orElse(Duration.ZERO)))))
        .map(
            rows -> {
              var left =
                  new ArrayList<>(Collections.nCopies(asked.size(), Optional.<Known>empty()));
              all(rows)
                  .forEach(
                      row -> {
                        int place = row.getLong("place").intValue() - 1;
                        left.set(place, Optional.of(left(asked.get(place), row)));
                      });
              return left;
            });
  }

  private static Unwritten unwritten(Charge charge) {
    return charge.hold().unwritten().orElseThrow();
  }

  private Known left(Charge charge, Row row) {
    var standing =
        new Standing(
            ChannelRow.integer(row, "charged"),
            BigInteger.ZERO,
            ChannelRow.voucher(charge.hold().channel(), row),
            ChannelRow.onChain(row));
    return known(standing, charge.hold().fence(), row);
  }

  private Future<List<Row>> turn(List<CallStep> asked) {
    var ended = Columns.of(asked, Charge.class);
    var begun = Columns.of(asked, Reservation.class);
    return start(
            """
            select place, outcome, held_fence, (standing).*, now() as told_at from till.turn(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
            """,
            Tuple.from(
                List.of(
                    ended.bytes(call -> call.hold().channel().value().toBytes()),
                    ended.longs(call -> call.hold().fence()),
                    ended.integers(Charge::price),
                    ended.objects(Charge::units),
                    ended.bytes(call -> call.responseSha256().toBytes()),
                    ended.texts(Charge::receipt),
                    ended.optionalBytes(call -> call.kept().map(kept -> kept.sealed().toBytes())),
                    ended.millis(
                        call -> call.kept().map(Charge.Kept::retention).orElse(Duration.ZERO)),
                    begun.bytes(call -> call.voucher().channel().value().toBytes()),
                    begun.integers(call -> call.voucher().ceiling()),
                    begun.bytes(call -> call.voucher().signature().toBytes()),
                    begun.integers(Reservation::amount),
                    begun.flags(call -> call.mode() instanceof Reservation.Mode.Serial),
                    begun.texts(call -> call.mode().call().map(CallId::value).orElse(null)),
                    begun.longs(call -> call.purchase().listing().value()),
                    begun.bytes(call -> call.purchase().manifestSha256().toBytes()),
                    begun.bytes(call -> call.purchase().offersRoot().toBytes()),
                    begun.texts(call -> call.request().method()),
                    begun.texts(call -> call.request().target()),
                    begun.bytes(call -> call.request().bodySha256().toBytes()),
                    begun.millis(Reservation::mirrorAge),
                    begun.millis(Reservation::lease),
                    begun.optionalBytes(call -> call.binding().map(Bytes32::toBytes)))))
        .map(rows -> answers(asked, rows));
  }

  /** In the order of what was asked; of the rows, those of charges come first. */
  private static List<Row> answers(List<CallStep> asked, RowSet<Row> rows) {
    var byPlace = all(rows).sorted(Comparator.comparing(row -> row.getLong("place"))).toList();
    int charges = (int) asked.stream().filter(Charge.class::isInstance).count();
    var ended = byPlace.subList(0, charges).iterator();
    var begun = byPlace.subList(charges, byPlace.size()).iterator();
    return asked.stream()
        .map(
            step ->
                switch (step) {
                  case Charge _ -> ended.next();
                  case Reservation _ -> begun.next();
                })
        .toList();
  }

  /**
   * Writes down what a call in progress has delivered so far, never less than before, and extends
   * its lease: should its holder die, this much is charged.
   *
   * @return whether the hold is still good
   */
  public boolean checkpoint(Hold hold, BigInteger price, Map<String, Long> units, Duration lease) {
    return run(
                """
        update till.reservation
        set metered = greatest(metered, $3), units = case when $3 < metered then units else $4 end,
          lease_until = now() + $5 * interval '1 millisecond'
        where channel_id = $1 and fence = $2 and amount >= $3
        """,
                Tuple.of(
                    bytes(hold.channel().value()),
                    hold.fence(),
                    new BigDecimal(price),
                    new JsonObject(Map.copyOf(units)),
                    lease.toMillis()))
            .rowCount()
        > 0;
  }

  /** Ends a call that comes to nothing: the channel stands as if it had never been asked. */
  public boolean release(Hold hold) {
    if (hold.unwritten().isPresent()) {
      unwritten.release(hold);
      return true;
    }
    return isTrue(
        "select till.release($1, $2)", Tuple.of(bytes(hold.channel().value()), hold.fence()));
  }

  /**
   * Ends calls whose holder's lease is over: what they delivered is charged, without a receipt.
   *
   * @param limit about how many
   */
  public List<TakenOver> takeOver(int limit) {
    return all(run("select o_channel, o_fence, price from till.take_over($1)", Tuple.of(limit)))
        .map(
            row ->
                new TakenOver(
                    new Hold(
                        new ChannelId(Bytes32.of(row.getBuffer("o_channel").getBytes())),
                        row.getLong("o_fence")),
                    row.getBigDecimal("price").toBigIntegerExact()))
        .toList();
  }

  /**
   * A call that was ended for its holder.
   *
   * @param price what was charged; zero when it was released
   */
  public record TakenOver(Hold hold, BigInteger price) {}

  /**
   * Takes over what the chain shows, unless something newer is known, and books the difference. A
   * channel that is new to the till starts with everything claimed so far as charged. Not for a
   * channel that does not exist: strangers can name any number of those.
   *
   * @return whether the till now shows {@code seen}
   */
  public boolean sync(ChannelId channel, ChannelConfig config, ChannelOnChain seen) {
    unwritten.forget(channel, seen.at().number());
    return isTrue(SYNC, mirror(channel, config, seen));
  }

  /**
   * Writes down what a transaction did to a channel, once, together with what the chain shows after
   * it.
   *
   * @return whether the till now shows {@code after}
   */
  public boolean record(
      ChannelId channel, ChannelConfig config, ChannelMove move, ChannelOnChain after) {
    unwritten.forget(channel, after.at().number());
    return isTrue(
        RECORD,
        mirror(channel, config, after)
            .addBuffer(bytes(move.transaction().value()))
            .addString(move.kind().name())
            .addBigDecimal(new BigDecimal(move.amount()))
            .addLong(move.block().number())
            .addBuffer(bytes(move.block().hash())));
  }

  private static Tuple mirror(ChannelId channel, ChannelConfig config, ChannelOnChain seen) {
    return Tuple.of(
            bytes(channel.value()),
            config.asset().chain().value(),
            bytes(config.asset().token()),
            bytes(config.payer()),
            bytes(config.payerAuthorizer()))
        .addBuffer(bytes(config.receiver()))
        .addBuffer(bytes(config.receiverAuthorizer()))
        .addInteger(config.withdrawDelay())
        .addBuffer(bytes(config.salt()))
        .addBigDecimal(new BigDecimal(seen.balance()))
        .addBigDecimal(new BigDecimal(seen.claimed()))
        .addBigDecimal(
            seen.withdrawal().map(notice -> new BigDecimal(notice.amount())).orElse(null))
        .addOffsetDateTime(
            seen.withdrawal().map(notice -> notice.initiatedAt().atOffset(UTC)).orElse(null))
        .addBigDecimal(new BigDecimal(seen.refundNonce()))
        .addLong(seen.at().number())
        .addBuffer(bytes(seen.at().hash()));
  }

  public Optional<ChannelAccount> find(ChannelId channel) {
    return all(run(
            "select * from till.channel where channel_id = $1", Tuple.of(bytes(channel.value()))))
        .map(ChannelRow::account)
        .map(account -> unwritten.reserved(channel).map(account::reserving).orElse(account))
        .findFirst();
  }

  /** How a call ended, if it was charged. */
  public Optional<UsageRecord> usage(Hold hold) {
    return all(run(
            "select * from till.usage where channel_id = $1 and fence = $2",
            Tuple.of(bytes(hold.channel().value()), hold.fence())))
        .map(UsageRow::read)
        .findFirst();
  }

  /** How far the call of this name has come; empty when there is none, or when it was released. */
  public Optional<CallStanding> call(ChannelId channel, CallId name) {
    return all(run(
            """
            select true as is_open, r.channel_id, r.fence, r.binding, null::bytea as sealed, null::numeric as price,
              null::numeric as charged, null::numeric as balance, null::numeric as claimed,
              null::timestamptz as withdraw_at, null::numeric as refund_nonce
            from till.reservation r where r.channel_id = $1 and r.call_id = $2
            union all
            select false, u.channel_id, u.fence, p.binding, p.sealed, p.price, p.charged, p.balance, p.claimed,
              p.withdraw_at, p.refund_nonce
            from till.usage u
            left join till.reply p
              on p.channel_id = u.channel_id and p.call_id = u.call_id and p.expires_at > now()
            where u.channel_id = $1 and u.call_id = $2
            """,
            Tuple.of(bytes(channel.value()), name.value())))
        .map(ReplyRow::standing)
        .findFirst();
  }

  /** What was kept of the channel's last call without a name. */
  public Optional<Reply> lastReply(ChannelId channel) {
    return all(run(
            "select * from till.reply where channel_id = $1 and call_id = '' and expires_at > now()",
            Tuple.of(bytes(channel.value()))))
        .map(ReplyRow::read)
        .findFirst();
  }

  /**
   * The same of any channel of {@code payer}, if that call was this very request; of several
   * channels the one whose reply is kept longest.
   */
  public Optional<Reply> lastReply(Address payer, ListingId listing, RequestDigest request) {
    return all(run(
            """
            select p.* from till.channel c
            join till.reply p on p.channel_id = c.channel_id and p.call_id = '' and p.expires_at > now()
            join till.usage u on u.channel_id = p.channel_id and u.fence = p.fence
            where c.payer = $1 and u.listing_id = $2 and u.request_method = $3 and u.request_target = $4
              and u.request_body = $5
            order by p.expires_at desc limit 1
            """,
            Tuple.of(
                bytes(payer),
                listing.value(),
                request.method(),
                request.target(),
                bytes(request.bodySha256()))))
        .map(ReplyRow::read)
        .findFirst();
  }

  /** Drops replies past their retention. */
  public void dropExpiredReplies() {
    run("delete from till.reply where expires_at < now()", Tuple.tuple());
  }

  /**
   * Channels from which something is to be claimed: those whose payer gave notice of a withdrawal,
   * by the time of it; then the longest unclaimed. Without those that were {@link #setAside}.
   *
   * @param authorizer of their receivers: who can sign for the claims
   * @param threshold without a notice, at least this much
   * @param age or less than that, but unclaimed for so long
   */
  public List<ChannelAccount> claimable(
      Asset asset, Address authorizer, BigInteger threshold, Duration age, int limit) {
    return all(run(
            """
            select * from till.channel
            where chain_id = $1 and asset = $2 and receiver_authorizer = $6
              and unclaimed_since is not null and balance > claimed and signature is not null
              and (claim_after is null or claim_after <= now())
              and (withdraw_at is not null or least(charged, balance) - claimed >= $3
                or unclaimed_since <= now() - $4 * interval '1 millisecond')
            order by withdraw_at nulls last, unclaimed_since limit $5
            """,
            Tuple.of(
                asset.chain().value(),
                bytes(asset.token()),
                new BigDecimal(threshold),
                age.toMillis(),
                limit,
                bytes(authorizer))))
        .map(ChannelRow::account)
        .toList();
  }

  /**
   * Keeps a channel whose voucher is refused from those that could be claimed: for a twentieth of
   * the time that its payer must wait to leave, and never more than ten minutes.
   */
  public void setAside(ChannelId channel) {
    run(
        """
        update till.channel set claim_after = now() + least(withdraw_delay / 20, 600) * interval '1 second'
        where channel_id = $1
        """,
        Tuple.of(bytes(channel.value())));
  }

  private boolean isTrue(String query, Tuple parameters) {
    return all(run(query, parameters)).findFirst().orElseThrow().getBoolean(0);
  }

  private RowSet<Row> run(String statement, Tuple parameters) {
    return Blocking.await(start(statement, parameters));
  }

  private Future<RowSet<Row>> start(String statement, Tuple parameters) {
    return pool.preparedQuery(statement).execute(parameters);
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Buffer bytes(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
