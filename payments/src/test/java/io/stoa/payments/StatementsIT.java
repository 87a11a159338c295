package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Statements;
import io.stoa.persistence.till.Statements.Scope;
import io.stoa.persistence.till.Statements.Span;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatementsIT extends ChannelFixture {
  private static final Span EVER = new Span(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));

  private final Address payer = Address.of(Arrays.copyOf(randomBytes32().toBytes(), 20));
  private final Address receiver = Address.of(Arrays.copyOf(randomBytes32().toBytes(), 20));
  private Pool pool;
  private Statements statements;

  @BeforeEach
  void connect() {
    pool = database.pool();
    statements = new Statements(pool);
  }

  @AfterEach
  void disconnect() {
    pool.close();
  }

  @Test
  void everyCallOfAPayerIsOnOnePage() {
    // Given
    var first = channelOf(payer, receiver);
    var second = channelOf(payer, otherReceiver());
    channelOf(receiver, receiver);
    calls(first, 30, 40);
    calls(second, 50);

    // When
    var calls = read(new Scope.Payer(payer), 2);

    // Then
    assertThat(calls).hasSize(3).doesNotHaveDuplicates();
    assertThat(calls)
        .extracting(call -> call.usage().price().longValue())
        .containsExactlyInAnyOrder(30L, 40L, 50L);
    assertThat(calls).extracting(Statements.Line::asset).containsOnly(dollar);
  }

  @Test
  void aListingsCallsAreThoseOfTheChannelsThatPayIt() {
    // Given
    var mine = channelOf(payer, receiver);
    calls(mine, 30);
    calls(channelOf(payer, otherReceiver()), 50);

    // When
    var calls = read(new Scope.Receivers(List.of(receiver, payer)), 100);

    // Then
    assertThat(calls)
        .singleElement()
        .extracting(call -> call.usage().hold().channel())
        .isEqualTo(mine);
  }

  @Test
  void aChannelsCallsComeAsTheyWereTaken() {
    // Given
    var mine = channelOf(payer, receiver);
    calls(mine, 1, 2, 3);

    // When
    var calls = read(new Scope.Channel(mine), 1);

    // Then
    assertThat(calls).extracting(call -> call.usage().hold().fence()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void totalsAreOfAllPages() {
    // Given
    calls(channelOf(payer, receiver), 30, 40);
    calls(channelOf(payer, receiver), 0);

    // When
    var totals = statements.totals(new Scope.Payer(payer), EVER);

    // Then
    assertThat(totals)
        .containsExactly(
            new Statements.Total(
                dollar,
                3,
                units(70),
                Map.of("in_token", BigInteger.valueOf(36), "out_token", BigInteger.valueOf(1020))));
  }

  @Test
  void whatIsOutsideOfTheTimeIsLeftOut() {
    // Given
    calls(channelOf(payer, receiver), 30);
    var at = read(new Scope.Payer(payer), 1).getFirst().usage().chargedAt();

    // When, Then
    assertThat(inside(new Span(at, at.plusSeconds(1)))).isEqualTo(1);
    assertThat(inside(new Span(at.minusSeconds(1), at))).isZero();
    assertThat(inside(new Span(at.plusSeconds(1), at.plusSeconds(2)))).isZero();
  }

  @Test
  void nobodyWaitsForAStatementForEver() throws Exception {
    // Given
    calls(channelOf(payer, receiver), 30);

    // When, Then
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table till.usage in access exclusive mode");
      assertThatExceptionOfType(MarketException.Refused.class)
          .isThrownBy(() -> statements.totals(new Scope.Payer(payer), EVER))
          .satisfies(refused -> assertThat(refused.code()).isEqualTo("statement-too-large"));
      connection.rollback();
    }
  }

  private int inside(Span span) {
    var totals = statements.totals(new Scope.Payer(payer), span);
    var page = statements.page(new Scope.Payer(payer), span, Optional.empty(), 10);
    assertThat(totals.stream().mapToLong(Statements.Total::calls).sum()).isEqualTo(page.size());
    return page.size();
  }

  private List<Statements.Line> read(Scope scope, int limit) {
    var all = new ArrayList<Statements.Line>();
    Optional<Hold> after = Optional.empty();
    while (true) {
      var page = statements.page(scope, EVER, after, limit);
      assertThat(page).hasSizeLessThanOrEqualTo(limit);
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
      after = Optional.of(page.getLast().usage().hold());
    }
  }

  private ChannelId channelOf(Address from, Address to) {
    var id = new ChannelId(randomBytes32());
    var parties =
        new ChannelConfig(
            from, from, to, config.receiverAuthorizer(), dollar, 900, randomBytes32());
    till().sync(id, parties, onChain(1000, 0, BLOCK));
    return id;
  }

  private static void calls(ChannelId channel, long... prices) {
    long sum = 0;
    for (long price : prices) {
      sum += price;
      charged(
          held(
              asked(
                  channel,
                  sum,
                  price,
                  new Reservation.Mode.Serial(Optional.empty()),
                  Duration.ofMinutes(5),
                  LEASE)),
          price);
    }
  }

  private Address otherReceiver() {
    return Address.of(Arrays.copyOf(dollar.token().toBytes(), 20));
  }
}
