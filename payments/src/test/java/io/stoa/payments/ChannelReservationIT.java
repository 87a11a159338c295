package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Standing;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which vouchers the till takes for a call. Rule numbers are those of the checklist for x402. */
class ChannelReservationIT extends ChannelFixture {

  @Test
  void aVoucherForWhatWasChargedAndThisCallIsTaken() {
    // Given
    deposited(1000);

    // When
    var outcome = till().reserve(serial(100, 100));

    // Then
    assertThat(outcome).isEqualTo(new Reservation.Outcome.Held(new Hold(channel, 1)));
    assertThat(standing().reserved()).isEqualTo(100);
    assertThat(standing().charged()).isZero();
    assertThat(standing().voucher()).isEmpty();
  }

  @Test
  void aChannelNobodyReadIsToBeSynced() {
    // When
    var outcome = till().reserve(serial(100, 100));

    // Then
    assertThat(outcome).isEqualTo(new Reservation.Outcome.NeedsSync());
  }

  @Test
  void rule55AChannelReadTooLongAgoIsToBeSynced() {
    // Given
    deposited(1000);
    var mode = new Reservation.Mode.Serial(Optional.empty());

    // When
    var outcome = till().reserve(asked(100, 100, mode, Duration.ofMillis(-1), LEASE));

    // Then
    assertThat(outcome).isEqualTo(new Reservation.Outcome.NeedsSync());
  }

  @Test
  void rule55APendingWithdrawalStopsCallsButNotARefund() {
    // Given
    var withdrawal =
        new ChannelOnChain.Withdrawal(units(900), Instant.ofEpochSecond(1_900_000_000));
    var seen =
        new ChannelOnChain(
            units(1000), units(0), Optional.of(withdrawal), BigInteger.ONE, block(BLOCK));
    till().sync(channel, config, seen);

    // When
    var call = till().reserve(serial(100, 100));
    var refund = till().reserve(serial(0, 0));

    // Then
    assertThat(call)
        .isEqualTo(
            new Reservation.Outcome.Withdrawing(
                new Standing(units(0), units(0), Optional.empty(), seen)));
    assertThat(refund).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 69, 71, 1000})
  void rule49AnyOtherCeilingIsAnsweredWithTheStanding(long ceiling) {
    // Given
    deposited(1000);
    charged(held(serial(50, 50)), 40);
    var standing = standing();

    // When
    var outcome = till().reserve(serial(ceiling, 30));

    // Then
    assertThat(outcome).isEqualTo(new Reservation.Outcome.Mismatch(standing));
    assertThat(standing.charged()).isEqualTo(40);
    assertThat(standing.voucher())
        .hasValueSatisfying(
            voucher -> {
              assertThat(voucher.ceiling()).isEqualTo(50);
              assertThat(voucher.signature()).isEqualTo(signature(50));
            });
  }

  @Test
  void rule49WithHeadroomTheCeilingCoversEverythingInProgress() {
    // Given
    deposited(1000);
    held(headroom(100, 60));

    // When
    var tooLow = till().reserve(headroom(159, 100));
    var enough = till().reserve(headroom(160, 100));

    // Then
    assertThat(tooLow).isInstanceOf(Reservation.Outcome.Mismatch.class);
    assertThat(enough).isInstanceOf(Reservation.Outcome.Held.class);
    assertThat(standing().reserved()).isEqualTo(160);
  }

  @Test
  void rule49WithHeadroomTheCeilingNeverFallsBelowTheStoredOne() {
    // Given
    deposited(1000);
    charged(held(headroom(500, 10)), 10);

    // When
    var lower = till().reserve(headroom(499, 10));
    var same = till().reserve(headroom(500, 10));

    // Then
    assertThat(lower).isInstanceOf(Reservation.Outcome.Mismatch.class);
    assertThat(same).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void rule49AReservationOfEitherModeMakesTheOtherWait() {
    // Given
    deposited(1000);
    var serial = held(serial(10, 10));

    // When
    var besideSerial = till().reserve(headroom(500, 10));
    till().release(serial);
    held(headroom(500, 10));
    var besideHeadroom = till().reserve(serial(10, 10));

    // Then
    assertThat(besideSerial).isInstanceOf(Reservation.Outcome.Busy.class);
    assertThat(besideHeadroom).isInstanceOf(Reservation.Outcome.Busy.class);
  }

  @Test
  void rule59ARefundHasTheChannelToItself() {
    // Given
    deposited(1000);
    charged(held(serial(40, 40)), 40);
    var refund = held(serial(40, 0));

    // When
    var call = till().reserve(headroom(500, 10));
    till().release(refund);
    var afterwards = till().reserve(headroom(500, 10));

    // Then
    assertThat(call).isInstanceOf(Reservation.Outcome.Busy.class);
    assertThat(afterwards).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void rule53ACeilingAboveTheBalanceIsNotTaken() {
    // Given
    deposited(100);

    // When
    var serial = till().reserve(serial(101, 101));
    var headroom = till().reserve(headroom(101, 1));
    var covered = till().reserve(headroom(100, 100));

    // Then
    assertThat(serial).isInstanceOf(Reservation.Outcome.Overdrawn.class);
    assertThat(headroom).isInstanceOf(Reservation.Outcome.Overdrawn.class);
    assertThat(covered).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void aCallIsTakenOnceByItsNameWhileInProgressAndEverAfter() {
    // Given
    deposited(1000);
    var asked = headroom(1000, 10);
    var hold = held(asked);

    // When
    var inProgress = till().reserve(asked);
    charged(hold, 10);
    var afterwards = till().reserve(asked);

    // Then
    assertThat(inProgress).isEqualTo(new Reservation.Outcome.Repeated(hold));
    assertThat(afterwards).isEqualTo(new Reservation.Outcome.Repeated(hold));
  }

  @Test
  void rule54AReleasedCallLeavesNothingSoThatItsVoucherWorksAgain() {
    // Given
    deposited(1000);
    charged(held(serial(40, 40)), 40);
    var before = standing();
    var asked = asked(140, 100, new Reservation.Mode.Serial(Optional.of(call())), LEASE, LEASE);

    // When
    till().release(held(asked));

    // Then
    assertThat(standing()).isEqualTo(before);
    assertThat(till().reserve(asked)).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void rule52AVoucherThatWasChargedIsNotTakenAgain() {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 60);

    // When
    var outcome = till().reserve(serial(100, 100));

    // Then
    assertThat(outcome).isInstanceOf(Reservation.Outcome.Mismatch.class);
  }

  @Test
  void rule52AChargeOfNothingLeavesTheVoucherUsable() {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 0);

    // When
    var outcome = till().reserve(serial(100, 100));

    // Then
    assertThat(outcome).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void rule51OfManyCallsOnOneBaseOneIsTaken() throws Exception {
    // Given
    deposited(1000);

    // When
    var outcomes = atOnce(64, _ -> till().reserve(serial(100, 100)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Held", 1L, "Busy", 63L));
  }

  @Test
  void ofManyCopiesOfOneCallOneIsTaken() throws Exception {
    // Given
    deposited(1000);
    var asked = headroom(1000, 10);

    // When
    var outcomes = atOnce(64, _ -> till().reserve(asked));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Held", 1L, "Repeated", 63L));
  }

  @Test
  void manyCallsRunAtOnceWithinOneCeiling() throws Exception {
    // Given
    deposited(1000);

    // When
    var outcomes = atOnce(64, _ -> till().reserve(headroom(300, 10)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Held", 30L, "Mismatch", 34L));
    assertThat(standing().reserved()).isEqualTo(300);
  }
}
