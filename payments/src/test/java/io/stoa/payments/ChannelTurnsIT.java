package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Reservation;
import io.stoa.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of calls that begin and end in one turn of the till each is told what is true of it alone. */
class ChannelTurnsIT extends ChannelFixture {
  /** Many more than go at once. */
  private static final int CALLERS = 64;

  private static final String TURN =
      """
      select outcome from till.turn(
        array[sha256('1')], '{1}', '{1}', '{null}', '{a}', '{receipt}', '{a}', '{9}',
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

  /** The plan of a turn is kept: one that was made for few channels must do for many. */
  @ParameterizedTest
  @ValueSource(strings = {"nothing", "till.channel, till.reservation, till.usage, till.reply"})
  void aTurnReadsNothingButWhatItIsAbout(String known) throws Exception {
    try (var young = TestDatabase.fresh();
        var connection = young.connect()) {
      // Given
      addChannels(connection, 1, 3);
      if (!known.equals("nothing")) {
        execute(connection, "analyze " + known);
      }
      connection.setAutoCommit(false);
      execute(connection, TURN);
      connection.rollback();
      addChannels(connection, 4, 2_000);
      connection.commit();

      // When
      execute(connection, TURN);

      // Then
      assertThat(rowsRead(connection)).isBetween(4L, 20L);
      connection.rollback();
    }
  }

  /** Channels with a call in progress, and one that was charged. */
  private static void addChannels(Connection connection, int first, int last) throws SQLException {
    var numbers = "generate_series(%d, %d) n".formatted(first, last);
    execute(
        connection,
        """
        insert into till.channel (channel_id, chain_id, asset, payer, payer_authorizer, receiver, receiver_authorizer,
          withdraw_delay, salt, charged, reserved, holds, last_fence, signed_ceiling, balance, synced_block, synced_hash,
          synced_at, unclaimed_since)
        select sha256(n::text::bytea), 1, '', '', '', '', '', 0, '', 5, 1, 1, 1, 5, 100, 1, '', now(), now() from
        """
            + numbers);
    execute(
        connection,
        """
        insert into till.reservation (channel_id, fence, amount, ceiling, signature, call_id, listing_id, manifest_sha256,
          offers_root, request_method, request_target, request_body, lease_until, held_at, binding)
        select sha256(n::text::bytea), 1, 1, 6, '', 'open', 1, '', '', '', '', '', now(), now(), '' from
        """
            + numbers);
    execute(
        connection,
        """
        insert into till.usage (channel_id, fence, call_id, listing_id, manifest_sha256, offers_root, request_method,
          request_target, request_body, units, price, held_at, charged_at)
        select sha256(n::text::bytea), 0, 'ended', 1, '', '', '', '', '', '{}', 5, now(), now() from
        """
            + numbers);
    execute(
        connection,
        """
        insert into till.reply (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
          refund_nonce, expires_at)
        select sha256(n::text::bytea), 'ended', 0, '', '', 5, 5, 100, 0, 0, now() from
        """
            + numbers);
  }

  private static void execute(Connection connection, String statement) throws SQLException {
    try (var prepared = connection.prepareStatement(statement)) {
      prepared.execute();
    }
  }

  /** In this transaction. */
  private static long rowsRead(Connection connection) throws SQLException {
    try (var query =
            connection.prepareStatement(
                """
                select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables
                where schemaname = 'till'
                """);
        var row = query.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
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
      blocker.setAutoCommit(false);
      lock(blocker);
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

  private void lock(Connection connection) throws SQLException {
    try (var lock =
        connection.prepareStatement("select from till.channel where channel_id = ? for update")) {
      lock.setBytes(1, channel.value().toBytes());
      lock.execute();
    }
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
