package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelMove;
import io.stoa.persistence.till.Reservation;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the till takes over from the chain, and what is to be claimed. */
class ChannelMirrorIT extends ChannelFixture {
  private static final Instant NOTICE = Instant.ofEpochSecond(1_900_000_000);

  @Test
  void remembersTheChannelAndWhatTheChainShowed() {
    // Given
    var withdrawal = new ChannelOnChain.Withdrawal(units(300), NOTICE);
    var seen =
        new ChannelOnChain(
            BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE),
            units(200),
            Optional.of(withdrawal),
            BigInteger.ONE.shiftLeft(255),
            block(BLOCK));

    // When
    boolean taken = till().sync(channel, config, seen);

    // Then
    assertThat(taken).isTrue();
    var account = till().find(channel).orElseThrow();
    assertThat(account.id()).isEqualTo(channel);
    assertThat(account.config()).isEqualTo(config);
    assertThat(account.standing().onChain()).isEqualTo(seen);
  }

  @Test
  void rule58WhatWasClaimedBeforeTheTillKnewTheChannelCountsAsCharged() throws Exception {
    // When
    till().sync(channel, config, onChain(1000, 200, BLOCK));

    // Then
    assertThat(standing().charged()).isEqualTo(200);
    assertThat(standing().claimable()).isZero();
    assertThat(standing().voucher()).isEmpty();
    assertThat(ledger("channel:" + channel)).isEqualTo(800);
    assertThat(ledger("due:" + channel)).isZero();
    assertThat(ledger("receiver:" + config.receiver())).isEqualTo(200);
    assertThat(till().reserve(serial(300, 100))).isInstanceOf(Reservation.Outcome.Held.class);
  }

  @Test
  void anOlderBlockChangesNothing() throws Exception {
    // Given
    deposited(1000);

    // When
    boolean taken = till().sync(channel, config, onChain(5000, 10, BLOCK - 1));

    // Then
    assertThat(taken).isFalse();
    assertThat(standing().onChain()).isEqualTo(onChain(1000, 0, BLOCK));
    assertThat(ledger("channel:" + channel)).isEqualTo(1000);
  }

  @Test
  void aDepositMakesRoomForHigherCeilings() throws Exception {
    // Given
    deposited(100);
    charged(held(serial(100, 100)), 100);

    // When
    till().sync(channel, config, onChain(250, 0, BLOCK + 1));

    // Then
    assertThat(till().reserve(serial(250, 150))).isInstanceOf(Reservation.Outcome.Held.class);
    assertThat(ledger("payer:" + config.payer())).isEqualTo(-250);
  }

  @Test
  void aClaimMovesWhatIsDueToTheReceiver() throws Exception {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 70);

    // When
    till().sync(channel, config, onChain(1000, 70, BLOCK + 1));

    // Then
    assertThat(standing().claimable()).isZero();
    assertThat(standing().charged()).isEqualTo(70);
    assertThat(ledger("due:" + channel)).isZero();
    assertThat(ledger("receiver:" + config.receiver())).isEqualTo(70);
    assertThat(unclaimed(0)).isEmpty();
  }

  @Test
  void aClaimThatAReorganisationTookBackIsDueAgain() throws Exception {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 70);
    till().sync(channel, config, onChain(1000, 70, BLOCK + 1));

    // When
    till().sync(channel, config, onChain(1000, 0, BLOCK + 2));

    // Then
    assertThat(ledger("due:" + channel)).isEqualTo(70);
    assertThat(ledger("receiver:" + config.receiver())).isZero();
    assertThat(unclaimed(70)).extracting(ChannelAccount::id).containsExactly(channel);
  }

  @Test
  void rule59ARefundReturnsTheRestToThePayer() throws Exception {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 70);

    // When
    till().sync(channel, config, onChain(70, 70, BLOCK + 1));

    // Then
    assertThat(ledger("channel:" + channel)).isZero();
    assertThat(ledger("payer:" + config.payer())).isEqualTo(-70);
    assertThat(till().reserve(serial(170, 100))).isInstanceOf(Reservation.Outcome.Overdrawn.class);
  }

  @Test
  void whatAWithdrawalTookBeforeTheClaimIsALossTheLedgerShows() throws Exception {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 70);

    // When
    till().sync(channel, config, onChain(50, 0, BLOCK + 1));

    // Then
    assertThat(ledger("channel:" + channel)).isEqualTo(-20);
    assertThat(ledger("due:" + channel)).isEqualTo(70);
    assertThat(standing().claimable()).isEqualTo(50);
  }

  @Test
  void aMoveIsWrittenDownOnceTogetherWithWhatTheChainShowsAfterIt() throws Exception {
    // Given
    var transaction = new TxHash(randomBytes32());
    var deposit = new ChannelMove(ChannelMove.Kind.DEPOSIT, transaction, units(1000), block(BLOCK));
    var elsewhere =
        new ChannelMove(ChannelMove.Kind.DEPOSIT, transaction, units(1000), block(BLOCK + 1));

    // When
    boolean first = till().record(channel, config, deposit, onChain(1000, 0, BLOCK));
    boolean again = till().record(channel, config, elsewhere, onChain(1000, 0, BLOCK + 1));

    // Then
    assertThat(first).isTrue();
    assertThat(again).isTrue();
    assertThat(standing().onChain().balance()).isEqualTo(1000);
    assertThat(ledger("channel:" + channel)).isEqualTo(1000);
    assertThat(moves()).containsExactly("DEPOSIT 1000 in " + (BLOCK + 1));
  }

  @Test
  void aMoveBelowTheKnownBlockIsWrittenDownAndTheMirrorStays() throws Exception {
    // Given
    till().sync(channel, config, onChain(1000, 70, BLOCK + 5));
    var claim =
        new ChannelMove(
            ChannelMove.Kind.CLAIM, new TxHash(randomBytes32()), units(70), block(BLOCK));

    // When
    boolean taken = till().record(channel, config, claim, onChain(1000, 70, BLOCK));

    // Then
    assertThat(taken).isFalse();
    assertThat(standing().onChain().at()).isEqualTo(block(BLOCK + 5));
    assertThat(moves()).containsExactly("CLAIM 70 in " + BLOCK);
  }

  @Test
  void whatIsToBeClaimedIsLargeOrOldOrInDanger() {
    // Given
    var small = owing(10, Optional.empty());
    var large = owing(50, Optional.empty());
    var leaving = owing(5, Optional.of(new ChannelOnChain.Withdrawal(units(1), NOTICE)));
    deposited(1000);

    // When
    var now =
        till().claimable(dollar, config.receiverAuthorizer(), units(50), Duration.ofHours(1), 10);
    var old = till().claimable(dollar, config.receiverAuthorizer(), units(50), Duration.ZERO, 10);
    var first =
        till().claimable(dollar, config.receiverAuthorizer(), units(1), Duration.ofHours(1), 2);

    // Then
    assertThat(now).extracting(ChannelAccount::id).containsExactly(leaving, large);
    assertThat(old).extracting(ChannelAccount::id).containsExactly(leaving, small, large);
    assertThat(first).extracting(ChannelAccount::id).containsExactly(leaving, small);
  }

  @Test
  void nothingIsToBeClaimedFromAChannelThatHoldsNoMore() {
    // Given
    deposited(1000);
    charged(held(serial(100, 100)), 70);

    // When
    till().sync(channel, config, onChain(30, 30, BLOCK + 1));

    // Then
    assertThat(unclaimed(0)).isEmpty();
  }

  /** Another channel, charged {@code amount}. */
  private ChannelId owing(long amount, Optional<ChannelOnChain.Withdrawal> withdrawal) {
    var id = new ChannelId(randomBytes32());
    var mode = new Reservation.Mode.Serial(Optional.empty());
    till().sync(id, config, onChain(1000, 0, BLOCK));
    charged(held(asked(id, amount, amount, mode, LEASE, LEASE)), amount);
    till()
        .sync(
            id,
            config,
            new ChannelOnChain(
                units(1000), units(0), withdrawal, BigInteger.ZERO, block(BLOCK + 1)));
    return id;
  }

  private List<ChannelAccount> unclaimed(long threshold) {
    return till()
        .claimable(dollar, config.receiverAuthorizer(), units(threshold), Duration.ofHours(1), 10);
  }

  private List<String> moves() throws SQLException {
    try (var connection = database.connect();
        var query =
            connection.prepareStatement(
                """
                select string_agg(kind || ' ' || amount || ' in ' || block_number, ';') from till.channel_move
                where channel_id = ?
                """)) {
      query.setBytes(1, channel.value().toBytes());
      var row = query.executeQuery();
      row.next();
      return List.of(row.getString(1).split(";"));
    }
  }
}
