package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.Audit;
import io.stoa.persistence.till.ChannelMove;
import io.stoa.persistence.till.ClaimTurns;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditIT extends ChannelFixture {
  private static final int ALL = 10_000;

  private Pool pool;
  private Audit audit;

  @BeforeEach
  void connect() {
    pool = database.pool();
    audit = new Audit(pool);
  }

  @AfterEach
  void disconnect() {
    pool.close();
  }

  @Test
  void theLedgerSumsToZeroAndAgreesWithTheChain() {
    // Given
    deposited(1000);
    charged(held(serial(300, 300)), 250);
    till()
        .record(
            channel,
            config,
            new ChannelMove(
                ChannelMove.Kind.CLAIM, new TxHash(randomBytes32()), units(100), block(101)),
            onChain(1000, 100, 101));

    // When
    wholeRound();

    // Then
    var finding = finding();
    assertThat(finding.ledger())
        .isEqualTo(new Audit.Ledger(units(-1000), units(750), units(150), units(100)));
    assertThat(finding.ledger().sum()).isZero();
    assertThat(finding.balance()).isEqualTo(1000);
    assertThat(finding.charged()).isEqualTo(250);
    assertThat(finding.claimed()).isEqualTo(100);
    assertThat(finding.channels()).isOne();
    assertThat(finding.wrong()).isZero();
    assertThat(finding.behind()).isZero();
    assertThat(finding.oldestUnclaimed()).isPresent();
    assertThat(audit.wholeSince()).isPresent();
  }

  @Test
  void anotherRoundAddsOnlyWhatIsNew() {
    // Given
    deposited(1000);
    charged(held(serial(250, 250)), 250);
    wholeRound();

    // When
    charged(held(serial(300, 50)), 50);
    wholeRound();
    wholeRound();

    // Then
    var finding = finding();
    assertThat(finding.ledger())
        .isEqualTo(new Audit.Ledger(units(-1000), units(700), units(300), units(0)));
    assertThat(finding.charged()).isEqualTo(300);
    assertThat(finding.channels()).isOne();
  }

  @Test
  void aChannelThatSaysOtherwiseThanItsLedgerIsFoundAndForgotten() throws SQLException {
    // Given
    deposited(1000);
    wholeRound();

    // When
    change("update till.channel set balance = balance + 1 where channel_id = ?");
    wholeRound();

    // Then
    assertThat(finding().wrong()).isOne();
    assertThat(finding().balance()).isEqualTo(1001);
    change("update till.channel set balance = balance - 1 where channel_id = ?");
    wholeRound();
    assertThat(finding().wrong()).isZero();
  }

  @Test
  void aLongLedgerIsReadInPieces() {
    // Given
    deposited(1000);
    for (int call = 1; call <= 4; call++) {
      charged(held(serial(call, 1)), 1);
    }

    // When
    audit.round(ALL, 3);

    // Then
    assertThat(finding().behind()).isOne();
    assertThat(finding().wrong()).isZero();
    wholeRound();
    assertThat(finding().behind()).isZero();
    assertThat(finding().wrong()).isZero();
    assertThat(finding().ledger().due()).isEqualTo(4);
  }

  @Test
  void channelsAreAuditedInTurn() {
    // Given
    deposited(1000);
    for (int other = 0; other < 3; other++) {
      till().sync(new ChannelId(randomBytes32()), config(), onChain(10, 0, BLOCK));
    }
    wholeRound();
    long before = finding().channels();

    // When
    for (int round = 0; round < 20; round++) {
      audit.round(2, ALL);
    }

    // Then
    assertThat(before).isEqualTo(4);
    assertThat(finding().channels()).isEqualTo(4);
    assertThat(finding().balance()).isEqualTo(1030);
  }

  @Test
  void instancesDoNotAddTheSameTwice() throws Exception {
    // Given
    deposited(1000);

    // When
    atOnce(
        8,
        i -> {
          new Audit(pool).round(ALL, ALL);
          return i;
        });
    wholeRound();

    // Then
    assertThat(finding().balance()).isEqualTo(1000);
    assertThat(finding().ledger().payer()).isEqualTo(-1000);
  }

  @Test
  void theLastRoundOfClaimsIsTold() {
    // Given
    deposited(1000);
    wholeRound();
    assertThat(finding().lastClaims()).isEmpty();
    var turns = new ClaimTurns(pool);

    // When
    var turn = turns.take(dollar, config.receiverAuthorizer(), LEASE).orElseThrow();
    turns.extend(turn, Duration.ZERO);

    // Then
    assertThat(finding().lastClaims().orElseThrow())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
  }

  @Test
  void anEmptyTillHasNothingUndecided() {
    assertThat(audit.undecided().count()).isZero();
    assertThat(audit.undecided().oldest()).isEmpty();
    assertThat(audit.decided())
        .isEqualTo(
            new Audit.Decided(
                Map.of(
                    "SETTLED", 0L,
                    "FREE", 0L,
                    "VOID", 0L,
                    "RELEASED", 0L,
                    "REFUND_DUE", 0L,
                    "REFUNDED", 0L),
                true));
  }

  /** From wherever the last one stopped, and once around. */
  private void wholeRound() {
    audit.round(ALL, ALL);
    audit.round(ALL, ALL);
  }

  private Audit.Finding finding() {
    return audit.findings().stream()
        .filter(each -> each.asset().equals(dollar))
        .findFirst()
        .orElseThrow();
  }

  private void change(String statement) throws SQLException {
    try (var connection = database.connect();
        var prepared = connection.prepareStatement(statement)) {
      prepared.setBytes(1, channel.value().toBytes());
      prepared.executeUpdate();
    }
  }
}
