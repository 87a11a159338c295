package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.UsageRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls end: charged, released, or taken over. */
class ChannelChargeIT extends ChannelFixture {

  @Test
  void rule53AChargeIsDurableWithVoucherUsageReceiptAndLedger() throws Exception {
    // Given
    deposited(1000);
    var asked = asked(100, 100, new Reservation.Mode.Serial(Optional.of(call())), LEASE, LEASE);
    var hold = held(asked);

    // When
    var standing = charged(hold, 70);

    // Then
    assertThat(standing).isEqualTo(standing());
    assertThat(standing.charged()).isEqualTo(70);
    assertThat(standing.reserved()).isZero();
    assertThat(standing.claimable()).isEqualTo(70);
    assertThat(standing.voucher()).contains(asked.voucher());
    var usage = till().usage(hold).orElseThrow();
    assertThat(usage)
        .isEqualTo(
            new UsageRecord(
                hold,
                asked.mode().call(),
                asked.purchase(),
                asked.request(),
                UNITS,
                units(70),
                Optional.of(new UsageRecord.Delivery(ANSWER, "receipt of 1")),
                usage.chargedAt()));
    assertThat(ledger("channel:" + channel)).isEqualTo(930);
    assertThat(ledger("due:" + channel)).isEqualTo(70);
  }

  @Test
  void theVoucherOfTheHighestCeilingIsKept() {
    // Given
    deposited(1000);
    var high = held(headroom(900, 10));
    var low = held(headroom(300, 10));

    // When
    charged(high, 10);
    charged(low, 10);

    // Then
    assertThat(standing().voucher().orElseThrow().ceiling()).isEqualTo(900);
    assertThat(standing().voucher().orElseThrow().signature()).isEqualTo(signature(900));
  }

  @Test
  void moreThanWasReservedIsNotChargedAndTheCallStaysOpen() {
    // Given
    deposited(1000);
    var hold = held(serial(100, 100));
    var before = standing();

    // When
    var outcome = till().charge(charge(hold, 101));

    // Then
    assertThat(outcome).isEqualTo(new Charge.Outcome.Exceeded());
    assertThat(standing()).isEqualTo(before);
    assertThat(charged(hold, 100).charged()).isEqualTo(100);
  }

  @Test
  void aCallIsChargedOnce() throws Exception {
    // Given
    deposited(1000);
    var hold = held(serial(100, 100));

    // When
    var outcomes = atOnce(32, _ -> till().charge(charge(hold, 100)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Charged", 1L, "Closed", 31L));
    assertThat(standing().charged()).isEqualTo(100);
    assertThat(ledger("due:" + channel)).isEqualTo(100);
  }

  @Test
  void aHoldThatEndedChangesNothing() {
    // Given
    deposited(1000);
    var old = held(serial(100, 100));
    till().release(old);
    var current = held(serial(100, 100));
    var before = standing();

    // When
    var charge = till().charge(charge(old, 100));
    boolean released = till().release(old);
    boolean extended = till().checkpoint(old, units(50), UNITS, LEASE);

    // Then
    assertThat(charge).isEqualTo(new Charge.Outcome.Closed());
    assertThat(released).isFalse();
    assertThat(extended).isFalse();
    assertThat(standing()).isEqualTo(before);
    assertThat(till().usage(old)).isEmpty();
    assertThat(current.fence()).isGreaterThan(old.fence());
  }

  @Test
  void aHoldOnAChannelNobodyKnowsChangesNothing() {
    // Given
    var stranger = new Hold(channel, 1);

    // Then
    assertThat(till().charge(charge(stranger, 1))).isEqualTo(new Charge.Outcome.Closed());
    assertThat(till().release(stranger)).isFalse();
    assertThat(till().find(channel)).isEmpty();
  }

  @Test
  void aCallWhoseHolderDiedIsReleasedAfterItsLease() {
    // Given
    deposited(1000);
    var dead = expired(100);

    // When
    var taken = ours(till().takeOver(100));

    // Then
    assertThat(taken).containsExactly(new ChannelTill.TakenOver(dead, units(0)));
    assertThat(standing().reserved()).isZero();
    assertThat(till().charge(charge(dead, 10))).isEqualTo(new Charge.Outcome.Closed());
    assertThat(till().reserve(serial(100, 100))).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void aCallWhoseHolderDiedIsChargedWhatItHadDelivered() throws Exception {
    // Given
    deposited(1000);
    var dead = held(serial(100, 100));
    till().checkpoint(dead, units(30), Map.of("out_token", 3L), LEASE);
    till().checkpoint(dead, units(40), Map.of("out_token", 4L), OVER);

    // When
    var taken = ours(till().takeOver(100));

    // Then
    assertThat(taken).containsExactly(new ChannelTill.TakenOver(dead, units(40)));
    assertThat(standing().charged()).isEqualTo(40);
    assertThat(standing().reserved()).isZero();
    assertThat(standing().voucher().orElseThrow().ceiling()).isEqualTo(100);
    assertThat(ledger("due:" + channel)).isEqualTo(40);
    var usage = till().usage(dead).orElseThrow();
    assertThat(usage.units()).isEqualTo(Map.of("out_token", 4L));
    assertThat(usage.delivery()).isEmpty();
  }

  @Test
  void aCheckpointExtendsTheLease() {
    // Given
    deposited(1000);
    var late = expired(100);

    // When
    boolean isHeld = till().checkpoint(late, units(0), Map.of(), LEASE);

    // Then
    assertThat(isHeld).isTrue();
    assertThat(ours(till().takeOver(100))).isEmpty();
    assertThat(charged(late, 100).charged()).isEqualTo(100);
  }

  @Test
  void aCheckpointNeverTakesBackWhatWasDelivered() {
    // Given
    deposited(1000);
    var hold = held(serial(100, 100));
    till().checkpoint(hold, units(40), Map.of("out_token", 4L), LEASE);

    // When
    till().checkpoint(hold, units(30), Map.of("out_token", 3L), OVER);
    till().takeOver(100);

    // Then
    assertThat(till().usage(hold).orElseThrow().price()).isEqualTo(40);
    assertThat(till().usage(hold).orElseThrow().units()).isEqualTo(Map.of("out_token", 4L));
  }

  @Test
  void aCheckpointAboveWhatWasReservedIsRefused() {
    // Given
    deposited(1000);
    var hold = held(serial(100, 100));

    // When
    boolean written = till().checkpoint(hold, units(101), UNITS, LEASE);

    // Then
    assertThat(written).isFalse();
  }

  @Test
  void oneChannelsLateCallsEndTogetherAndTheOthersGoOn() {
    // Given
    deposited(1000);
    var first = held(late(100));
    var second = held(late(200));
    var alive = held(headroom(1000, 300));
    till().checkpoint(second, units(150), UNITS, OVER);

    // When
    var taken = ours(till().takeOver(100));

    // Then
    assertThat(taken)
        .containsExactlyInAnyOrder(
            new ChannelTill.TakenOver(first, units(0)),
            new ChannelTill.TakenOver(second, units(150)));
    assertThat(standing().charged()).isEqualTo(150);
    assertThat(standing().reserved()).isEqualTo(300);
    assertThat(charged(alive, 300).charged()).isEqualTo(450);
  }

  @Test
  void twoInstancesTakeEachLateCallOverOnce() throws Exception {
    // Given
    deposited(1000);
    for (int i = 0; i < 20; i++) {
      till().checkpoint(held(headroom(1000, 10)), units(7), UNITS, OVER);
    }

    // When
    atOnce(8, _ -> till().takeOver(5));
    till().takeOver(100);

    // Then
    assertThat(standing().charged()).isEqualTo(140);
    assertThat(standing().reserved()).isZero();
  }

  @Test
  void nobodyWaitsForAChannelThatSomebodyIsAtWorkOn() throws Exception {
    // Given
    deposited(1000);
    expired(100);
    try (var other = database.connect()) {
      other.setAutoCommit(false);
      try (var lock =
          other.prepareStatement("select from till.channel where channel_id = ? for update")) {
        lock.setBytes(1, channel.value().toBytes());
        lock.execute();
      }

      // When
      var taken = ours(till().takeOver(100));

      // Then
      assertThat(taken).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from till.usage",
        "update till.usage set price = 0",
        "delete from till.ledger_transfer",
        "update till.ledger_transfer set amount = 1",
        "truncate till.usage"
      })
  void whatWasWrittenDownStays(String statement) throws SQLException {
    try (var connection = database.connect();
        var change = connection.prepareStatement(statement)) {
      assertThatThrownBy(change::execute).hasMessageContaining("only ever added to");
    }
  }

  @Test
  void rule53TheDatabaseItselfRefusesMoreThanWasSigned() throws Exception {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 100);

    // When, Then
    try (var connection = database.connect();
        var change =
            connection.prepareStatement(
                "update till.channel set charged = charged + 1 where channel_id = ?")) {
      change.setBytes(1, channel.value().toBytes());
      assertThatThrownBy(change::execute).hasMessageContaining("check constraint");
    }
  }

  private Hold expired(long amount) {
    return held(asked(amount, amount, new Reservation.Mode.Serial(Optional.empty()), LEASE, OVER));
  }

  private Reservation late(long amount) {
    return asked(1000, amount, new Reservation.Mode.Headroom(call()), LEASE, OVER);
  }

  private List<ChannelTill.TakenOver> ours(List<ChannelTill.TakenOver> taken) {
    return taken.stream().filter(each -> each.hold().channel().equals(channel)).toList();
  }
}
