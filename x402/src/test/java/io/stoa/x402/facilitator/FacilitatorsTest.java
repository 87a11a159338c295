package io.stoa.x402.facilitator;

import static io.stoa.x402.facilitator.RemoteFacilitatorTest.payment;
import static io.stoa.x402.facilitator.StubFacilitator.GOOD;
import static io.stoa.x402.facilitator.StubFacilitator.SETTLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.payment.PaymentKey;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FacilitatorsTest {
  private static final PaymentKey KEY = Example.transfer().key();
  private static final URI ONE = URI.create("https://one.example");
  private static final URI OTHER = URI.create("https://other.example");

  @TempDir private Path folder;

  private final StubFacilitator first = new StubFacilitator();
  private final StubFacilitator second = new StubFacilitator();
  private Instant now = Example.NOW;

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @Test
  void theNextOneAnswersWhenTheFirstFails() throws MalformedPayment {
    // Given
    first.says(500, "broken");
    second.says(200, GOOD);
    try (var assignments = assignments()) {
      var both = both(assignments);

      // When
      both.verify(payment(), Example.offer());
      both.verify(payment(), Example.offer());

      // Then
      assertThat(first.asked).as("left alone for a while").hasSize(1);
      assertThat(second.asked).hasSize(2);
    }
  }

  @Test
  void whoFailedIsAskedAgainAfterARest() throws MalformedPayment {
    // Given
    first.says(500, "broken").says(200, GOOD);
    second.says(200, GOOD);
    try (var assignments = assignments()) {
      var both = both(assignments);
      both.verify(payment(), Example.offer());

      // When
      now = now.plusSeconds(2);
      both.verify(payment(), Example.offer());

      // Then
      assertThat(first.asked).hasSize(2);
      assertThat(second.asked).hasSize(1);
    }
  }

  @Test
  void whenAllFailTheFirstFailureIsTold() {
    first.says(500, "broken");
    second.says(503, "closed");
    try (var assignments = assignments()) {
      assertThatThrownBy(() -> both(assignments).verify(payment(), Example.offer()))
          .isInstanceOf(FacilitatorFailure.Unanswered.class);
    }
  }

  @Test
  void anAuthorizationThatOneWasGivenNoOtherGets() throws MalformedPayment {
    // Given
    first.says(500, "broken");
    second.says(200, SETTLED);
    try (var assignments = assignments()) {
      assertThatThrownBy(() -> both(assignments).settle(payment(), Example.offer()))
          .isInstanceOf(FacilitatorFailure.Unanswered.class);
    }

    // When: after a restart, with the other one preferred
    try (var assignments = assignments()) {
      var turned =
          new Facilitators(
              List.of(second.remote(), first.remote()), assignments, Clock.systemUTC());
      assertThatThrownBy(() -> turned.settle(payment(), Example.offer()))
          .isInstanceOf(FacilitatorFailure.Unanswered.class);
    }

    // Then
    assertThat(first.asked).hasSize(2);
    assertThat(second.asked).isEmpty();
  }

  @Test
  void anAuthorizationOfAFacilitatorThatIsGoneGoesNowhere() throws MalformedPayment {
    // Given
    second.says(200, SETTLED);
    try (var assignments = assignments()) {
      assignments.assign(KEY, ONE, Instant.MAX);

      // Then
      assertThatThrownBy(() -> both(assignments).settle(payment(), Example.offer()))
          .isInstanceOf(FacilitatorFailure.Unavailable.class);
    }
    assertThat(second.asked).isEmpty();
  }

  @Test
  void settlesOnceItIsAssigned() throws MalformedPayment {
    first.says(200, SETTLED);
    try (var assignments = assignments()) {
      assertThat(both(assignments).settle(payment(), Example.offer()).success()).isTrue();
    }
  }

  @Test
  void anAssignmentOutlivesItsProcess() {
    try (var file = assignments()) {
      assertThat(file.assign(KEY, ONE, Example.NOW.plusSeconds(60))).isEqualTo(ONE);
    }
    try (var file = assignments()) {
      assertThat(file.assign(KEY, OTHER, Example.NOW.plusSeconds(60))).isEqualTo(ONE);
    }
  }

  @Test
  void whatNobodyCanSettleAnyMoreIsForgotten() throws IOException {
    try (var file = assignments()) {
      file.assign(KEY, ONE, Example.NOW.plusSeconds(60));
    }

    now = now.plusSeconds(61);
    assignments().close();

    assertThat(folder.resolve("assignments")).isEmptyFile();
  }

  @Test
  void aLineThatACrashCutOffIsNone() throws IOException {
    // Given
    try (var file = assignments()) {
      file.assign(KEY, ONE, Example.NOW.plusSeconds(60));
    }
    var path = folder.resolve("assignments");
    var whole = Files.readString(path);
    Files.writeString(path, whole.substring(0, whole.length() - 1));

    // Then
    try (var file = assignments()) {
      assertThat(file.assign(KEY, OTHER, Example.NOW.plusSeconds(60))).isEqualTo(OTHER);
    }
  }

  @Test
  void aFileInUseIsNotOpenedAgain() {
    try (var file = assignments()) {
      assertThat(file).isNotNull();
      assertThatThrownBy(this::assignments).isInstanceOf(IllegalStateException.class);
    }
  }

  private AssignmentFile assignments() {
    return AssignmentFile.open(folder.resolve("assignments"), Clock.fixed(now, ZoneOffset.UTC));
  }

  private Facilitators both(Assignments assignments) {
    var clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    return new Facilitators(List.of(first.remote(), second.remote()), assignments, clock);
  }
}
