package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.persistence.till.Presence;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When an instance knows that it is the only one on its database. */
class PresenceIT {
  private final TestDatabase database = TestDatabase.fresh();
  private final Pool pool = database.pool();
  private final Presence one = new Presence(pool);
  private final Presence other = new Presence(pool);

  @AfterEach
  void close() {
    pool.close();
    database.close();
  }

  @Test
  void whoHasNotLookedDoesNotKnow() {
    assertThat(one.isAlone()).isFalse();
  }

  @Test
  void whoSeesNobodyIsAlone() {
    // When
    one.announce();
    one.announce();

    // Then
    assertThat(one.isAlone()).isTrue();
  }

  @Test
  void ofTwoNeitherIsAloneOnceTheyLooked() {
    // Given
    one.announce();

    // When
    other.announce();
    one.announce();

    // Then
    assertThat(one.isAlone()).isFalse();
    assertThat(other.isAlone()).isFalse();
  }

  @Test
  void whoLeavesLeavesTheOtherAlone() {
    // Given
    one.announce();
    other.announce();

    // When
    other.leave();
    one.announce();

    // Then
    assertThat(one.isAlone()).isTrue();
    assertThat(other.isAlone()).isFalse();
  }

  @Test
  void whoIsNotHeardOfAnyMoreDoesNotCount() throws SQLException {
    // Given
    other.announce();
    try (var connection = database.connect();
        var ages =
            connection.prepareStatement(
                "update till.presence set alive_until = alive_until - interval '6 seconds'")) {
      ages.execute();
    }

    // When
    one.announce();

    // Then
    assertThat(one.isAlone()).isTrue();
  }
}
