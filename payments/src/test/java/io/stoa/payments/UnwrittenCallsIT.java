package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Reservation.Mode;
import io.stoa.persistence.till.Reservation.Outcome;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds for calls that are not written down before they end. Who believes to be alone and is
 * not loses an answer, and never money.
 */
class UnwrittenCallsIT extends ChannelFixture {
  private static final String CHARGE =
      """
      select from till.charge_unwritten(
        array[sha256('1')], '{10000}', '{7}', '{a}', '{2}', '{1}', '{a}', '{a}', '{POST}', '{/}', '{a}', '{a}', '{0}',
        '{1}', '{"{}"}', '{a}', '{receipt}', '{a}', '{9}')
      """;

  private static final Mode SERIAL = new Mode.Serial(Optional.empty());
  private static final Bytes32 BINDING = randomBytes32();
  private static final Purchase PURCHASE =
      new Purchase(new ListingId(7), randomBytes32(), randomBytes32());
  private static final RequestDigest REQUEST =
      new RequestDigest("POST", "/s/chat", randomBytes32());

  private boolean isAlone = true;
  private final ChannelTill till = new ChannelTill(pool(), () -> isAlone, Clock.systemUTC());

  /** Charges 10 by a voucher over 10. */
  @BeforeEach
  void aChannelThatThisInstanceChargedLast() {
    deposited(1000);
    charged(till, charge(hold(till.hold(serial(10, 10))), 10));
  }

  @Test
  void theFirstCallOfAChannelIsWritten() {
    // When
    var first = hold(new ChannelTill(pool(), () -> true, Clock.systemUTC()).hold(serial(20, 10)));

    // Then
    assertThat(first).isEqualTo(new Hold(channel, 2));
  }

  @Test
  void theNextIsNotAndYetIsSeen() throws SQLException {
    // When
    var next = hold(till.hold(serial(20, 10)));

    // Then
    assertThat(next.unwritten()).isPresent();
    assertThat(next.fence()).isEqualTo(2);
    assertThat(count("reservation")).isZero();
    assertThat(till.find(channel).orElseThrow().standing().reserved()).isEqualTo(10);
  }

  @Test
  void itsChargeLeavesWhatThatOfAWrittenCallLeaves() throws SQLException {
    // Given
    charged(till, keeping(hold(till.reserve(bound(20, 10))), 7));
    till.release(hold(till.hold(bound(27, 10))));

    // When
    var hold = hold(till.hold(bound(27, 10)));
    var standing = charged(till, keeping(hold, 7));

    // Then
    assertThat(hold.unwritten()).isPresent();
    assertThat(row("usage", 3)).isEqualTo(row("usage", 2));
    assertThat(row("ledger_transfer", 3)).isEqualTo(row("ledger_transfer", 2));
    assertThat(count("reply")).isOne();
    var reply = till.lastReply(channel).orElseThrow();
    assertThat(reply.hold()).isEqualTo(new Hold(channel, 3));
    assertThat(reply.binding()).isEqualTo(BINDING);
    assertThat(reply.price()).isEqualTo(7);
    assertThat(reply.charged()).isEqualTo(24);
    assertThat(standing).isEqualTo(standing());
    assertThat(standing.charged()).isEqualTo(24);
    assertThat(standing.reserved()).isZero();
    assertThat(standing.voucher().orElseThrow().ceiling()).isEqualTo(27);
    assertThat(ledger("due:" + channel.value())).isEqualTo(24);
    assertThat(ledger("channel:" + channel.value())).isEqualTo(1000 - 24);
  }

  @Test
  void aVoucherBelowTheStoredOneDoesNotTakeItsPlace() {
    // Given
    charged(till, charge(hold(till.hold(serial(110, 100))), 1));

    // When
    var hold = hold(till.hold(serial(31, 20)));
    var standing = charged(till, charge(hold, 20));

    // Then
    assertThat(hold.unwritten()).isPresent();
    assertThat(standing.charged()).isEqualTo(31);
    assertThat(standing.voucher().orElseThrow().ceiling()).isEqualTo(110);
    assertThat(standing.voucher().orElseThrow().signature()).isEqualTo(signature(110));
    assertThat(standing).isEqualTo(standing());
  }

  @Test
  void rule51WhileItLastsNothingElseIsTakenOfItsChannel() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    var outcomes =
        List.of(
            till.hold(serial(20, 10)),
            till.hold(headroom(500, 10)),
            till.hold(asked(20, 10, new Mode.Serial(Optional.of(call())), LEASE, LEASE)),
            till.reserve(serial(10, 0)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Busy", 4L));
    assertThat(((Outcome.Busy) outcomes.getFirst()).standing().reserved()).isEqualTo(10);
    assertThat(charged(till, charge(hold, 10)).charged()).isEqualTo(20);
  }

  @Test
  void rule54WhatCameToNothingLeavesTheVoucherGood() throws SQLException {
    // Given
    till.release(hold(till.hold(serial(20, 10))));

    // When
    var again = hold(till.hold(serial(20, 10)));

    // Then
    assertThat(charged(till, charge(again, 10)).charged()).isEqualTo(20);
    assertThat(count("usage")).isEqualTo(2);
  }

  @Test
  void rule49AnyOtherCeilingIsJudgedByTheTill() {
    assertThat(till.hold(serial(19, 10))).isInstanceOf(Outcome.Mismatch.class);
    assertThat(till.hold(serial(1010, 1000))).isInstanceOf(Outcome.Overdrawn.class);
    assertThat(till.hold(serial(10, 10))).isInstanceOf(Outcome.Mismatch.class);
  }

  @Test
  void callsWithANameAndCallsSideBySideAreWritten() throws SQLException {
    // When
    var named = till.hold(asked(20, 10, new Mode.Serial(Optional.of(call())), LEASE, LEASE));
    till.release(hold(named));
    var beside = till.hold(headroom(500, 10));

    // Then
    assertThat(hold(named).unwritten()).isEmpty();
    assertThat(hold(beside).unwritten()).isEmpty();
    assertThat(count("reservation")).isOne();
  }

  @Test
  void whileAWrittenCallIsOpenEveryOtherIsJudgedByTheTill() {
    // Given
    var beside = hold(till.hold(headroom(500, 10)));

    // When
    var outcome = till.hold(serial(20, 10));
    charged(till, charge(beside, 10));
    var after = hold(till.hold(serial(30, 10)));

    // Then
    assertThat(outcome).isInstanceOf(Outcome.Busy.class);
    assertThat(after.unwritten()).isPresent();
  }

  @Test
  void whoIsNotAloneWritesEveryCall() {
    // Given
    isAlone = false;

    // Then
    assertThat(hold(till.hold(serial(20, 10))).unwritten()).isEmpty();
  }

  @Test
  void rule55AfterAReadingOfTheChainTheTillIsAsked() {
    // Given
    till.sync(channel, config, leaving());

    // Then
    assertThat(till.hold(serial(20, 10))).isInstanceOf(Outcome.Withdrawing.class);
  }

  @Test
  void rule55AChannelReadTooLongAgoIsToBeSynced() {
    assertThat(till.hold(asked(20, 10, SERIAL, Duration.ofMillis(-1), LEASE)))
        .isInstanceOf(Outcome.NeedsSync.class);
  }

  @Test
  void rule55ANoticeThatAnotherInstanceSawEndsItAfterOneCall() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    till().sync(channel, config, leaving());

    // When
    var standing = charged(till, charge(hold, 10));

    // Then
    assertThat(standing.onChain()).isEqualTo(leaving());
    assertThat(till.hold(serial(30, 10))).isInstanceOf(Outcome.Withdrawing.class);
  }

  @Test
  void rule53WhatTheBalanceDoesNotCoverAnyMoreIsNotCharged() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    till().sync(channel, config, onChain(15, 0, BLOCK));

    // When
    var outcome = till.charge(charge(hold, 10));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Closed());
    assertThat(standing().charged()).isEqualTo(10);
  }

  @Test
  void moreThanWasAskedIsNotChargedAndTheHoldIsAsItWas() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    var outcome = till.charge(charge(hold, 11));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Exceeded());
    assertThat(charged(till, charge(hold, 10)).charged()).isEqualTo(20);
  }

  @Test
  void itIsChargedOnce() throws SQLException {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    var outcomes = List.of(till.charge(charge(hold, 10)), till.charge(charge(hold, 10)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Charged", 1L, "Closed", 1L));
    assertThat(standing().charged()).isEqualTo(20);
    assertThat(count("usage")).isEqualTo(2);
  }

  @Test
  void whatAnotherInstanceChargedMeanwhileEndsIt() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    charged(held(serial(20, 10)), 10);

    // When
    var outcome = till.charge(charge(hold, 10));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Closed());
    assertThat(standing().charged()).isEqualTo(20);
    assertThat(hold(till.hold(serial(30, 10))).unwritten()).isEmpty();
  }

  @Test
  void whatAnotherInstanceReservedMeanwhileEndsItAlsoIfItCameToNothing() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    till().release(held(serial(20, 10)));

    // Then
    assertThat(till.charge(charge(hold, 10))).isEqualTo(new Charge.Outcome.Closed());
    assertThat(standing().charged()).isEqualTo(10);
  }

  @Test
  void whatAnotherInstanceHasReservedEndsIt() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    var other = held(headroom(500, 10));

    // When
    var outcome = till.charge(charge(hold, 10));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Closed());
    assertThat(charged(other, 10).charged()).isEqualTo(20);
  }

  /** However an instance came to believe that nothing is open. */
  @Test
  void besideAnOpenCallNoneIsChargedThatWasNotWritten() {
    // Given
    var open = held(headroom(500, 10));
    var call = new Hold.Unwritten(serial(20, 10), Instant.now());

    // When
    var outcome = till.charge(charge(new Hold(channel, open.fence() + 1, Optional.of(call)), 10));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Closed());
    assertThat(charged(open, 10).charged()).isEqualTo(20);
  }

  @Test
  void ofManyInstancesThatBelieveToBeAloneOneChargesEachVoucher() throws Exception {
    // Given
    var many = new ArrayList<ChannelTill>();
    for (int i = 0; i < 4; i++) {
      many.add(new ChannelTill(pool(), () -> true, Clock.systemUTC()));
    }

    // When
    for (long spent = 10; spent < 110; spent += 10) {
      long ceiling = spent + 10;
      var outcomes =
          atOnce(
              8,
              i ->
                  many.get(i % 4).hold(serial(ceiling, 10)) instanceof Outcome.Held(var hold)
                      ? many.get(i % 4).charge(charge(hold, 10))
                      : new Charge.Outcome.Closed());
      // Then
      assertThat(kinds(outcomes)).containsEntry("Charged", 1L);
    }
    assertThat(standing().charged()).isEqualTo(110);
    assertThat(standing().reserved()).isZero();
    assertThat(count("usage")).isEqualTo(11);
    assertThat(ledger("due:" + channel.value())).isEqualTo(110);
  }

  @Test
  void afterItsLeaseOthersMayHaveTheChannelAndOneOfThemIsCharged() {
    // Given
    var late = hold(till.hold(asked(20, 10, SERIAL, LEASE, OVER)));

    // When
    var next = hold(till.hold(serial(20, 10)));
    var outcomes = List.of(till.charge(charge(next, 10)), till.charge(charge(late, 10)));

    // Then
    assertThat(outcomes.getFirst()).isInstanceOf(Charge.Outcome.Charged.class);
    assertThat(outcomes.getLast()).isEqualTo(new Charge.Outcome.Closed());
    assertThat(standing().charged()).isEqualTo(20);
  }

  @Test
  void afterItsLeaseItIsStillChargedIfNobodyCame() {
    // Given
    var late = hold(till.hold(asked(20, 10, SERIAL, LEASE, OVER)));

    // Then
    assertThat(charged(till, charge(late, 10)).charged()).isEqualTo(20);
  }

  @Test
  void aCallCanBeWrittenDownLater() throws SQLException {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    var written = hold(till.writeDown(hold));

    // Then
    assertThat(written).isEqualTo(new Hold(channel, 2));
    assertThat(count("reservation")).isOne();
    assertThat(till.checkpoint(written, units(5), UNITS, LEASE)).isTrue();
    assertThat(till.hold(serial(20, 10))).isInstanceOf(Outcome.Busy.class);
    assertThat(charged(till, charge(written, 10)).charged()).isEqualTo(20);
  }

  @Test
  void aCallWhoseChannelIsTakenCannotBeWrittenDown() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    var other = held(serial(20, 10));

    // When
    var outcome = till.writeDown(hold);

    // Then
    assertThat(outcome).isInstanceOf(Outcome.Busy.class);
    assertThat(charged(other, 10).charged()).isEqualTo(20);
  }

  @Test
  void aCallIsWrittenDownHoweverOldTheReadingIsByThen() throws SQLException {
    // Given
    var hold = hold(till.hold(serial(20, 10)));
    try (var connection = database.connect()) {
      Analyzed.execute(
          connection, "update till.channel set synced_at = synced_at - interval '1 hour'");
    }

    // Then
    assertThat(till().reserve(serial(20, 10))).isInstanceOf(Outcome.NeedsSync.class);
    assertThat(till.writeDown(hold)).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void rule51OfACallAndARefundAtOnceOneIsTaken() throws Exception {
    for (int i = 0; i < 200; i++) {
      // When
      var outcomes =
          atOnce(2, n -> n == 0 ? till.hold(serial(20, 10)) : till.reserve(serial(10, 0)));

      // Then
      assertThat(kinds(outcomes)).isEqualTo(Map.of("Held", 1L, "Busy", 1L));
      var held = outcomes.stream().filter(Outcome.Held.class::isInstance).findFirst().orElseThrow();
      till.release(hold(held));
      charged(till, charge(hold(till.reserve(serial(10, 0))), 0));
    }
  }

  @Test
  void rule55ANoticeDuringACallThatCameToNothingStopsTheNext() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    till.sync(channel, config, leaving());
    till.release(hold);

    // Then
    assertThat(till.hold(serial(20, 10))).isInstanceOf(Outcome.Withdrawing.class);
  }

  @Test
  void rule51TheEndOfALateCallLeavesTheNextOneItsChannel() {
    // Given
    var late = hold(till.hold(asked(20, 10, SERIAL, LEASE, OVER)));
    charged(till, charge(hold(till.hold(serial(20, 10))), 10));
    var next = hold(till.hold(serial(30, 10)));

    // When
    var failure = catchThrowable(() -> till.charge(unwritable(late)));
    var third = till.hold(serial(30, 10));

    // Then
    assertThat(next.unwritten()).isPresent();
    assertThat(failure).isNotNull();
    assertThat(third).isInstanceOf(Outcome.Busy.class);
    assertThat(charged(till, charge(next, 10)).charged()).isEqualTo(30);
  }

  @Test
  void afterARefusalTheTillIsAskedAgain() {
    // Given
    till.hold(headroom(5, 10));

    // Then
    assertThat(hold(till.hold(serial(20, 10))).unwritten()).isEmpty();
  }

  @Test
  void strangersWhoNameManyChannelsDoNotDisturbACall() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    IntStream.range(0, 11_000)
        .forEach(
            _ -> till.hold(asked(new ChannelId(randomBytes32()), 10, 10, SERIAL, LEASE, LEASE)));

    // Then
    assertThat(till.hold(serial(20, 10))).isInstanceOf(Outcome.Busy.class);
    assertThat(charged(till, charge(hold, 10)).charged()).isEqualTo(20);
  }

  @Test
  void ofACallThatIsNotWrittenNoCheckpointIsTaken() {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // Then
    assertThat(till.checkpoint(hold, units(5), UNITS, LEASE)).isFalse();
  }

  @Test
  void whenNobodyKnowsWhetherItWasChargedTheTillIsAsked() throws SQLException {
    // Given
    var hold = hold(till.hold(serial(20, 10)));

    // When
    var failure = catchThrowable(() -> till.charge(unwritable(hold)));
    var next = hold(till.hold(serial(20, 10)));

    // Then
    assertThat(failure).isInstanceOf(IllegalStateException.class);
    assertThat(next.unwritten()).isEmpty();
    assertThat(count("reservation")).isOne();
  }

  /** The plan is kept: whenever it was made, it must do for many. */
  @ParameterizedTest
  @EnumSource
  void aChargeReadsNothingButWhatItIsAbout(Analyzed analyzed) throws Exception {
    // When
    var read =
        analyzed.rowsRead(
            List.of(CHARGE), (_, young) -> add(young, 1, 3), (_, old) -> add(old, 4, 3_000));

    // Then
    assertThat(read.get(CHARGE)).isBetween(1L, 10L);
  }

  private static void add(Connection connection, int first, int last) throws SQLException {
    Analyzed.execute(
        connection,
        """
        insert into till.channel (channel_id, chain_id, asset, payer, payer_authorizer, receiver, receiver_authorizer,
          withdraw_delay, salt, charged, last_fence, signed_ceiling, balance, synced_block, synced_hash, synced_at,
          unclaimed_since)
        select sha256(n::text::bytea), 1, '', '', '', '', '', 0, '', 5, 9999, 5, 100, 1, '', now(), now()
        from generate_series(%d, %d) n
        """
            .formatted(first, last));
    Analyzed.execute(
        connection,
        """
        insert into till.reply (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
          refund_nonce, expires_at)
        select sha256(n::text::bytea), '', 0, '', '', 5, 5, 100, 0, 0, now() from generate_series(%d, %d) n
        """
            .formatted(first, last));
  }

  /** What the chain shows of a channel whose payer gave notice. */
  private static ChannelOnChain leaving() {
    var notice = new ChannelOnChain.Withdrawal(units(900), Instant.ofEpochSecond(1_900_000_000));
    return new ChannelOnChain(
        units(1000), units(0), Optional.of(notice), BigInteger.ONE, block(BLOCK));
  }

  private static Charge unwritable(Hold hold) {
    return new Charge(hold, units(10), UNITS, ANSWER, "no text of PostgreSQL: \0");
  }

  private Reservation bound(long ceiling, long amount) {
    var call = serial(ceiling, amount);
    return new Reservation(
        call.voucher(),
        call.amount(),
        SERIAL,
        PURCHASE,
        REQUEST,
        LEASE,
        LEASE,
        Optional.of(BINDING));
  }

  private static Charge keeping(Hold hold, long price) {
    return new Charge(
        hold,
        units(price),
        UNITS,
        ANSWER,
        "receipt",
        Optional.of(new Charge.Kept(signature(1), LEASE)));
  }

  private long count(String table) throws SQLException {
    return Long.parseLong(
        value("select count(*)::text from till." + table + " where channel_id = ?"));
  }

  /** All that is written of a call, but when. */
  private String row(String table, long fence) throws SQLException {
    return value(
        """
        select (to_jsonb(t) - array['fence', 'id', 'at', 'held_at', 'charged_at'])::text from till.%s t
        where channel_id = ? and fence = %d
        """
            .formatted(table, fence));
  }

  private String value(String query) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(query)) {
      statement.setBytes(1, channel.value().toBytes());
      var row = statement.executeQuery();
      row.next();
      return row.getString(1);
    }
  }
}
