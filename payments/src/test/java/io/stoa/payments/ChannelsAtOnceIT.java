package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances and many callers on the same channels. */
class ChannelsAtOnceIT extends ChannelFixture {
  /** Many more than go at once. */
  private static final int CALLERS = 64;

  /** Channels on which more is charged and reserved than their payers signed, at one instant. */
  private static final String OVERSPENT =
      """
      select count(*) from till.channel c
      where c.charged + c.reserved > greatest(c.signed_ceiling,
        (select max(r.ceiling) from till.reservation r where r.channel_id = c.channel_id))
      """;

  @Test
  void rule53ChargesAndReservationsStayBelowWhatWasSignedAndNoneIsLost() throws Exception {
    // Given
    deposited(100_000);
    var charged = new LongAdder();
    var overspent = new AtomicLong();

    // When
    try (var observer = Executors.newSingleThreadExecutor()) {
      var done = new CompletableFuture<Void>();
      var watch =
          observer.submit(
              () -> {
                while (!done.isDone()) {
                  overspent.addAndGet(number(OVERSPENT).longValueExact());
                }
                return overspent;
              });
      try {
        atOnce(CALLERS, i -> spend(new Random(i), charged));
      } finally {
        done.complete(null);
      }
      watch.get();
    }

    // Then
    assertThat(overspent).hasValue(0);
    assertThat(charged.sum()).isPositive();
    assertThat(standing().charged()).isEqualTo(charged.sum());
    assertThat(standing().reserved()).isZero();
  }

  /** Ten calls within a headroom that is sometimes too small; some come to nothing. */
  private int spend(Random random, LongAdder charged) {
    int served = 0;
    for (int i = 0; i < 10; i++) {
      var known = standing();
      long base = known.charged().add(known.reserved()).longValueExact();
      long stored = known.voucher().map(voucher -> voucher.ceiling().longValueExact()).orElse(0L);
      long amount = random.nextLong(1, 50);
      long ceiling = Math.max(stored, base + random.nextInt(200));
      if (till().reserve(headroom(ceiling, amount)) instanceof Reservation.Outcome.Held(var hold)) {
        served++;
        if (random.nextInt(4) == 0) {
          assertThat(till().release(hold)).isTrue();
        } else {
          long price = random.nextLong(amount + 1);
          charged(hold, price);
          charged.add(price);
        }
      }
    }
    return served;
  }

  /**
   * Conservation: whatever happens at once, every channel's row is the sum of its calls, and the
   * ledger agrees with both.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void theLedgerIsExactWhateverHappensAtOnce(long seed) throws Exception {
    // Given
    var seeds = new Random(seed).longs(16).toArray();
    var channels = Stream.generate(() -> new ChannelId(randomBytes32())).limit(4).toList();
    channels.forEach(id -> till().sync(id, config, onChain(10_000, 500, BLOCK)));
    var head = new AtomicLong(BLOCK);

    // When
    atOnce(16, i -> live(new Random(seeds[i]), channels, head));

    // Then
    assertThat(number("select count(*) from till.usage")).isPositive();
    assertThat(
            number(
                """
                select count(*) from (
                  select from till.ledger_entry group by channel_id, transfer_id, chain_id, asset
                  having sum(amount) <> 0 or count(*) <> 2) unbalanced
                """))
        .isZero();
    assertThat(
            number(
                """
                select count(*) from till.channel c
                left join lateral (select coalesce(sum(amount), 0) as amount, count(*) as calls
                  from till.reservation r where r.channel_id = c.channel_id) open on true
                left join lateral (select coalesce(sum(price), 0) as price
                  from till.usage u where u.channel_id = c.channel_id) used on true
                where c.reserved <> open.amount or c.holds <> open.calls
                  or c.asset = '\\x%s' and c.charged <> 500 + used.price
                """
                    .formatted(dollar.token().toString().substring(2))))
        .isZero();
    for (var id : channels) {
      var standing = till().find(id).orElseThrow().standing();
      long spent = standing.charged().longValueExact();
      long claimed = standing.onChain().claimed().longValueExact();
      long balance = standing.onChain().balance().longValueExact();
      assertThat(ledger("channel:" + id)).isEqualTo(balance - spent);
      assertThat(ledger("due:" + id)).isEqualTo(spent - claimed);
    }
    assertThat(-ledger("payer:" + config.payer())).isEqualTo(onChain("balance"));
    assertThat(ledger("receiver:" + config.receiver())).isEqualTo(onChain("claimed"));
  }

  /** Thirty moves on channels that others move at the same time. */
  private int live(Random random, List<ChannelId> channels, AtomicLong head) {
    var open = new ArrayList<Hold>();
    for (int i = 0; i < 30; i++) {
      var id = channels.get(random.nextInt(channels.size()));
      var known = till().find(id).orElseThrow().standing();
      switch (random.nextInt(8)) {
        case 0, 1, 2 ->
            begin(random, id, known.charged().add(known.reserved()).longValueExact())
                .ifPresent(open::add);
        case 3, 4 -> {
          if (!open.isEmpty()) {
            till().charge(charge(open.removeLast(), random.nextInt(40)));
          }
        }
        case 5 -> {
          if (!open.isEmpty()) {
            till().checkpoint(open.getLast(), units(random.nextInt(20)), UNITS, OVER);
          }
        }
        case 6 -> {
          if (!open.isEmpty() && random.nextBoolean()) {
            till().release(open.removeLast());
          }
          till().takeOver(2);
        }
        default ->
            till()
                .sync(
                    id,
                    config,
                    onChain(
                        10_000 + random.nextInt(500),
                        known.charged().longValueExact() - random.nextInt(30),
                        head.incrementAndGet() - random.nextInt(3)));
      }
    }
    return open.size();
  }

  private Optional<Hold> begin(Random random, ChannelId id, long base) {
    long amount = random.nextInt(50);
    var outcome =
        random.nextInt(4) == 0
            ? till()
                .reserve(
                    asked(
                        id,
                        base + amount,
                        amount,
                        new Reservation.Mode.Serial(Optional.empty()),
                        LEASE,
                        LEASE))
            : till()
                .reserve(
                    asked(
                        id,
                        base + 300,
                        amount,
                        new Reservation.Mode.Headroom(call()),
                        LEASE,
                        random.nextBoolean() ? LEASE : OVER));
    return outcome instanceof Reservation.Outcome.Held(var hold)
        ? Optional.of(hold)
        : Optional.empty();
  }

  private long onChain(String column) throws SQLException {
    return number(
            "select coalesce(sum(%s), 0) from till.channel where asset = '\\x%s'"
                .formatted(column, dollar.token().toString().substring(2)))
        .longValueExact();
  }

  @Test
  void groupsOfTwoInstancesOverTheSameChannelsNeverDeadlock() throws Exception {
    // Given
    var channels = Stream.generate(() -> new ChannelId(randomBytes32())).limit(16).toList();
    channels.forEach(id -> till().sync(id, config, onChain(10_000, 0, BLOCK)));

    // When
    var outcomes =
        atOnce(
            CALLERS,
            i -> {
              var served = new ArrayList<Charge.Outcome>();
              for (int n = 0; n < 16; n++) {
                var id = channels.get((i % 2 == 0 ? n : 15 - n));
                var mode = new Reservation.Mode.Headroom(call());
                var hold = held(asked(id, 10_000, 1, mode, LEASE, LEASE));
                served.add(till().charge(charge(hold, 1)));
              }
              return served;
            });

    // Then
    assertThat(kinds(outcomes.stream().flatMap(List::stream).toList()))
        .isEqualTo(Map.of("Charged", CALLERS * 16L));
    assertThat(number("select deadlocks from pg_stat_database where datname = current_database()"))
        .isZero();
    for (var id : channels) {
      assertThat(till().find(id).orElseThrow().standing().charged()).isEqualTo(CALLERS);
    }
  }

  private static BigDecimal number(String query) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(query)) {
      var row = statement.executeQuery();
      row.next();
      return row.getBigDecimal(1);
    }
  }
}
