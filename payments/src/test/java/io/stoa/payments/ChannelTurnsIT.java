package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of calls that begin and end in one turn of the till each is told what is true of it alone. */
class ChannelTurnsIT extends ChannelFixture {
  /** Many more than go at once. */
  private static final int CALLERS = 64;

  private static final String TURN =
      """
      select outcome from till.turn(
        array[sha256('1')], '{0}', '{1}', '{null}', '{a}', '{receipt}', '{a}', '{9}',
        array[sha256('1')], '{100}', '{a}', '{1}', '{f}', '{name}', '{1}', '{a}', '{a}', '{POST}', '{/}', '{a}',
        '{9999}', '{9}', '{a}')
      """;

  @Test
  void callsThatEndAndBeginMeanwhileShareOneTransaction() throws Exception {
    // Given
    deposited(1000);
    var ending = held(headroom(1000, 3));

    // When
    var outcomes =
        whileAGroupIsUnderWay(
            Stream.concat(
                Stream.of(till -> till.charge(charge(ending, 2))),
                begin(CALLERS, headroom(1000, 1))));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Charged", 1L, "Held", (long) CALLERS));
    assertThat(
            transactions(
                """
                select xmin::text from till.reservation where channel_id = ? and amount = 1
                union select xmin::text from till.usage where channel_id = ?
                """))
        .isOne();
  }

  @Test
  void whatACallLeavesIsThereForThoseThatBeginInTheSameTurn() throws Exception {
    // Given
    deposited(100);
    var ending = held(headroom(100, 90));

    // When
    var outcomes =
        whileAGroupIsUnderWay(
            Stream.concat(
                begin(6, headroom(100, 10)), Stream.of(till -> till.charge(charge(ending, 50)))));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Charged", 1L, "Held", 5L, "Mismatch", 1L));
    assertThat(standing().charged()).isEqualTo(50);
    assertThat(standing().reserved()).isEqualTo(50);
  }

  @Test
  void ofTwoWhoEndACallInTheSameTurnOneDoes() throws Exception {
    // Given
    deposited(100);
    var ending = held(headroom(100, 90));

    // When
    var outcomes =
        whileAGroupIsUnderWay(
            Stream.of(
                till -> till.charge(charge(ending, 50)), till -> till.charge(charge(ending, 50))));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Charged", 1L, "Closed", 1L));
    assertThat(standing().charged()).isEqualTo(50);
  }

  @Test
  void ofTwoCallsOfOneNameInTheSameTurnTheSecondIsToldOfTheFirst() throws Exception {
    // Given
    deposited(100);
    var named = headroom(100, 10);

    // When
    var outcomes =
        whileAGroupIsUnderWay(Stream.of(till -> till.reserve(named), till -> till.reserve(named)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Held", 1L, "Repeated", 1L));
    assertThat(standing().reserved()).isEqualTo(10);
  }

  @Test
  void aBadCallInAGroupFailsAloneAndTheOthersAreServed() throws Exception {
    // Given
    deposited(1000);
    var ending = held(headroom(1000, 3));
    var good = headroom(1000, 1);
    var bad =
        new Reservation(
            good.voucher(),
            good.amount(),
            new Reservation.Mode.Headroom(call()),
            good.purchase(),
            new RequestDigest("POST", "no text of PostgreSQL: \0", randomBytes32()),
            LEASE,
            LEASE);

    // When
    var outcomes =
        whileAGroupIsUnderWay(
            Stream.concat(
                Stream.of(till -> till.reserve(bad), till -> till.charge(charge(ending, 2))),
                begin(CALLERS, good)));

    // Then
    assertThat(outcomes.getFirst()).isInstanceOf(IllegalStateException.class);
    assertThat(outcomes.get(1)).isInstanceOf(Charge.Outcome.Charged.class);
    assertThat(kinds(outcomes.subList(2, outcomes.size()))).containsOnlyKeys("Held");
    assertThat(standing().reserved()).isEqualTo(CALLERS);
  }

  @Test
  void aChannelThatIsNewSinceTheTurnLockedIsNotJudged() throws Exception {
    // Given
    deposited(100);
    assertThat(till().charge(keeping(held(bound(10))))).isInstanceOf(Charge.Outcome.Charged.class);
    var ending = held(bound(20));
    var young = new ChannelId(randomBytes32());
    var mode = new Reservation.Mode.Headroom(call());
    List<CompletableFuture<Object>> gathered;

    // When
    try (var reply = database.connect()) {
      lock(reply, "till.reply");
      var till = till();
      try (var row = database.connect()) {
        lock(row, "till.channel");
        waiting(till, Stream.of(each -> each.reserve(headroom(100, 0))));
        gathered =
            waiting(
                till,
                Stream.of(
                    each -> each.charge(keeping(ending)),
                    each -> each.reserve(asked(young, 50, 10, mode, LEASE, LEASE))));
      }
      await().until(() -> somebodyWaitsFor(reply));
      till.sync(young, config, onChain(100, 0, BLOCK));
    }
    var outcomes = gathered.stream().map(CompletableFuture::join).toList();

    // Then
    assertThat(outcomes.getFirst()).isInstanceOf(Charge.Outcome.Charged.class);
    assertThat(outcomes.getLast()).isEqualTo(new Reservation.Outcome.NeedsSync());
  }

  /** The plan of a turn is kept: whenever it was made, it must do for many. */
  @ParameterizedTest
  @EnumSource
  void aTurnReadsNothingButWhatItIsAbout(Analyzed analyzed) throws Exception {
    // When
    var read =
        analyzed.rowsRead(
            List.of(TURN), (_, young) -> add(young, 1, 3, 0, 0), (_, old) -> grow(old));

    // Then
    assertThat(read.get(TURN)).isBetween(4L, 30L);
  }

  /** Many channels, and the one that the turn is about has seen the most. */
  private static void grow(Connection connection) throws SQLException {
    add(connection, 4, 2_000, 0, 0);
    add(connection, 1, 1, 1, 3_000);
  }

  /** Channels, each with some calls in progress and as many that were charged. */
  private static void add(Connection connection, int first, int last, int firstCall, int lastCall)
      throws SQLException {
    var channels = "generate_series(%d, %d) n".formatted(first, last);
    var calls = channels + ", generate_series(%d, %d) f".formatted(firstCall, lastCall);
    Analyzed.execute(
        connection,
        """
        insert into till.channel (channel_id, chain_id, asset, payer, payer_authorizer, receiver, receiver_authorizer,
          withdraw_delay, salt, charged, reserved, holds, last_fence, signed_ceiling, balance, synced_block, synced_hash,
          synced_at, unclaimed_since)
        select sha256(n::text::bytea), 1, '', '', '', '', '', 0, '', 5, 1, 1, 9999, 5, 100, 1, '', now(), now() from %s
        on conflict do nothing
        """
            .formatted(channels));
    Analyzed.execute(
        connection,
        """
        insert into till.reservation (channel_id, fence, amount, ceiling, signature, call_id, listing_id, manifest_sha256,
          offers_root, request_method, request_target, request_body, lease_until, held_at, binding)
        select sha256(n::text::bytea), f, 1, 6, '', 'open ' || f, 1, '', '', '', '', '', now(), now(), '' from %s
        """
            .formatted(calls));
    Analyzed.execute(
        connection,
        """
        insert into till.usage (channel_id, fence, call_id, listing_id, manifest_sha256, offers_root, request_method,
          request_target, request_body, units, price, held_at, charged_at)
        select sha256(n::text::bytea), -1 - f, 'ended ' || f, 1, '', '', '', '', '', '{}', 5, now(), now() from %s
        """
            .formatted(calls));
    Analyzed.execute(
        connection,
        """
        insert into till.reply (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
          refund_nonce, expires_at)
        select sha256(n::text::bytea), 'ended ' || f, 0, '', '', 5, 5, 100, 0, 0, now() from %s
        """
            .formatted(calls));
  }

  /** Calls like {@code one}, each with a name of its own. */
  private Stream<Function<ChannelTill, Object>> begin(int number, Reservation one) {
    return IntStream.range(0, number)
        .mapToObj(
            _ -> headroom(one.voucher().ceiling().longValueExact(), one.amount().longValueExact()))
        .map(each -> till -> till.reserve(each));
  }

  /**
   * What became of {@code steps}, in their order, or why they failed, that gathered while another
   * waited for a lock.
   */
  private List<Object> whileAGroupIsUnderWay(Stream<Function<ChannelTill, Object>> steps)
      throws Exception {
    var till = till();
    List<CompletableFuture<Object>> gathered;
    try (var blocker = database.connect()) {
      lock(blocker, "till.channel");
      waiting(till, Stream.of(each -> each.reserve(headroom(1000, 0))));
      gathered = waiting(till, steps);
    }
    return gathered.stream().map(CompletableFuture::join).toList();
  }

  /** Returns once each of the steps waits for its answer. */
  private static List<CompletableFuture<Object>> waiting(
      ChannelTill till, Stream<Function<ChannelTill, Object>> steps) {
    var threads = new ArrayList<Thread>();
    var outcomes =
        steps
            .map(
                step ->
                    CompletableFuture.supplyAsync(
                            () -> step.apply(till),
                            caller -> threads.add(Thread.ofVirtual().start(caller)))
                        .handle(
                            (outcome, failure) -> failure == null ? outcome : failure.getCause()))
            .toList();
    await()
        .until(
            () -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    return outcomes;
  }

  /** Locks the channel's rows of a table. */
  private void lock(Connection connection, String table) throws SQLException {
    connection.setAutoCommit(false);
    try (var lock =
        connection.prepareStatement("select from " + table + " where channel_id = ? for update")) {
      lock.setBytes(1, channel.value().toBytes());
      lock.execute();
    }
  }

  private static boolean somebodyWaitsFor(Connection holder) throws SQLException {
    try (var own = holder.prepareStatement("select pg_backend_pid()");
        var connection = database.connect();
        var waiting =
            connection.prepareStatement(
                "select from pg_stat_activity where ? = any (pg_blocking_pids(pid))")) {
      var row = own.executeQuery();
      row.next();
      waiting.setInt(1, row.getInt(1));
      return waiting.executeQuery().next();
    }
  }

  /** The next call without a name, whose answer may be kept. */
  private Reservation bound(long ceiling) {
    var one = serial(ceiling, 10);
    return new Reservation(
        one.voucher(),
        one.amount(),
        one.mode(),
        one.purchase(),
        one.request(),
        LEASE,
        LEASE,
        Optional.of(randomBytes32()));
  }

  private static Charge keeping(Hold hold) {
    return new Charge(
        hold,
        units(10),
        UNITS,
        ANSWER,
        "receipt of " + hold.fence(),
        Optional.of(new Charge.Kept(signature(1), LEASE)));
  }

  /** How many transactions wrote these rows of the channel. */
  private int transactions(String rows) throws SQLException {
    try (var connection = database.connect();
        var query = connection.prepareStatement("select count(*) from (" + rows + ") written")) {
      query.setBytes(1, channel.value().toBytes());
      query.setBytes(2, channel.value().toBytes());
      var row = query.executeQuery();
      row.next();
      return row.getInt(1);
    }
  }
}
