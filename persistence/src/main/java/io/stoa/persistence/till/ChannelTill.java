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
  private final ChannelGroups groups;
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
    this.groups = new ChannelGroups(pool, clock);
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
      var outcome = outcome(reservation, groups.turn(reservation));
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
    return charge
        .hold()
        .unwritten()
        .map(call -> chargeUnwritten(charge, call))
        .orElseGet(() -> chargeWritten(charge));
  }

  private Charge.Outcome chargeWritten(Charge charge) {
    var row = groups.turn(charge);
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

  private Charge.Outcome chargeUnwritten(Charge charge, Unwritten call) {
    if (charge.price().compareTo(call.reservation().amount()) > 0) {
      return new Charge.Outcome.Exceeded();
    }
    var left = Optional.<Known>empty();
    try {
      left = groups.charge(charge).map(row -> left(charge, row));
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

  private Known left(Charge charge, Row row) {
    var standing =
        new Standing(
            ChannelRow.integer(row, "charged"),
            BigInteger.ZERO,
            ChannelRow.voucher(charge.hold().channel(), row),
            ChannelRow.onChain(row));
    return known(standing, charge.hold().fence(), row);
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
