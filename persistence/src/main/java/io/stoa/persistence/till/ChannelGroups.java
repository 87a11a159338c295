package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.persistence.till.Hold.Unwritten;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What calls of channels do at the same time, as one statement for all of them: a group costs the
 * database little more than one.
 */
final class ChannelGroups {
  private final Pool pool;
  private final Clock clock;
  private final GroupCommit<CallStep, Row> turns = new GroupCommit<>(this::turn);
  private final GroupCommit<Charge, Optional<Row>> charges =
      new GroupCommit<>(this::chargeUnwritten);

  ChannelGroups(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /** Begins or ends a call that is written down. */
  Row turn(CallStep step) {
    return turns.call(step);
  }

  /** Charges a call that is not; empty when its channel does not stand as it stood any more. */
  Optional<Row> charge(Charge charge) {
    return charges.call(charge);
  }

  private Future<List<Row>> turn(List<CallStep> asked) {
    var ended = Columns.of(asked, Charge.class);
    var begun = Columns.of(asked, Reservation.class);
    return start(
            """
            select place, outcome, held_fence, (standing).*, now() as told_at from till.turn(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
            """,
            List.of(
                ended.bytes(call -> call.hold().channel().value().toBytes()),
                ended.longs(call -> call.hold().fence()),
                ended.integers(Charge::price),
                ended.objects(Charge::units),
                ended.bytes(call -> call.responseSha256().toBytes()),
                ended.texts(Charge::receipt),
                ended.optionalBytes(call -> call.kept().map(kept -> kept.sealed().toBytes())),
                ended.millis(call -> call.kept().map(Charge.Kept::retention).orElse(Duration.ZERO)),
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
                begun.optionalBytes(call -> call.binding().map(Bytes32::toBytes))))
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

  private Future<List<Optional<Row>>> chargeUnwritten(List<Charge> asked) {
    var now = clock.instant();
    var ends = new Columns<>(asked);
    var calls = new Columns<>(asked.stream().map(ChannelGroups::unwritten).toList());
    return start(
            """
            select *, now() as told_at from till.charge_unwritten(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
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
                ends.millis(end -> end.kept().map(Charge.Kept::retention).orElse(Duration.ZERO))))
        .map(rows -> charged(asked, rows));
  }

  private static List<Optional<Row>> charged(List<Charge> asked, RowSet<Row> rows) {
    var byPlace = all(rows).collect(Collectors.toMap(row -> row.getLong("place"), row -> row));
    return LongStream.rangeClosed(1, asked.size())
        .mapToObj(place -> Optional.ofNullable(byPlace.get(place)))
        .toList();
  }

  private static Unwritten unwritten(Charge charge) {
    return charge.hold().unwritten().orElseThrow();
  }

  private Future<RowSet<Row>> start(String statement, List<?> parameters) {
    return pool.preparedQuery(statement).execute(Tuple.from(parameters));
  }

  private static Stream<Row> all(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
