package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.MarketException;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Epochs;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TestDatabase;
import io.stoa.testkit.TillClaimsContract;
import io.stoa.testkit.TillCustomer;
import io.stoa.testkit.TillDecisionsContract;
import io.stoa.testkit.TillNamesContract;
import io.stoa.testkit.TillTicketsContract;
import io.stoa.testkit.TillTurnsContract;
import io.vertx.sqlclient.Pool;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 38: two instances on one database take turns in every test of the contracts. */
class PostgresTillIT extends TillCustomer {
  /** As many as two instances have connections. */
  private static final int MEETING = 16;

  private static final AtomicInteger TURN = new AtomicInteger();
  private static TestDatabase database;
  private static List<Pool> pools;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pools = List.of(database.pool(), database.pool());
  }

  @AfterAll
  static void close() {
    pools.forEach(Pool::close);
    database.close();
  }

  private static Till anInstance() {
    return new PostgresTill(pools.get(TURN.getAndIncrement() % pools.size()));
  }

  @Override
  protected Till till() {
    return anInstance();
  }

  @Nested
  class Claims extends TillClaimsContract {
    @Override
    protected Till till() {
      return anInstance();
    }
  }

  @Nested
  class Tickets extends TillTicketsContract {
    @Override
    protected Till till() {
      return anInstance();
    }
  }

  @Nested
  class Decisions extends TillDecisionsContract {
    @Override
    protected Till till() {
      return anInstance();
    }
  }

  @Nested
  class Names extends TillNamesContract {
    @Override
    protected Till till() {
      return anInstance();
    }
  }

  @Nested
  class Turns extends TillTurnsContract {
    @Override
    protected Till till() {
      return anInstance();
    }
  }

  @Test
  void rule39AClaimIsCommittedBeforeTheProviderIsAsked() throws Exception {
    // When
    var ticket = claimed(transfer(10), 10);

    // Then
    try (var connection = database.connect();
        var query =
            connection.prepareStatement("select state, fence from till.payment where id = ?")) {
      query.setBytes(1, ticket.id().value().toBytes());
      var row = query.executeQuery();
      assertThat(row.next()).isTrue();
      assertThat(row.getString("state")).isEqualTo("VERIFIED");
      assertThat(row.getInt("fence")).isEqualTo(ticket.fence());
    }
  }

  @Test
  void theAnswerIsCommittedTogetherWithTheStateThatPromisesIt() throws Exception {
    // Given
    var ticket = claimed(transfer(10), 10);
    execute("alter table till.answer add constraint refuse check (false) not valid");

    // When
    try {
      assertThatThrownBy(() -> keep(ticket)).isInstanceOf(IllegalStateException.class);
    } finally {
      execute("alter table till.answer drop constraint refuse");
    }

    // Then
    assertThat(till().find(ticket.id()).orElseThrow().state())
        .isEqualTo(new PaymentState.Verified());
  }

  /** Epochs go by that time: a receipt in the place of another must not be of an old one. */
  @Test
  void aReceiptIssuedAgainIsOfTheTimeItWasIssuedAgain() {
    // Given
    var ticket = claimed(transfer(10), 10);
    keep(ticket);
    var payment = till().find(ticket.id()).orElseThrow();
    till().settle(payment, settlement(BLOCK), Optional.of("receipt"));
    var epochs = new Epochs(pools.getFirst());
    var first = epochs.issued(payment.id()).orElseThrow();
    till().reopen(payment, block(BLOCK));

    // When
    till().settle(payment, settlement(BLOCK + 1), Optional.of("new receipt"));

    // Then
    var second = epochs.issued(payment.id()).orElseThrow();
    assertThat(second.document()).isEqualTo("new receipt");
    assertThat(second.at()).isAfter(first.at());
  }

  @Test
  void rule37ClaimsOfOneAuthorizationThatMeetInTheDatabaseTakeTurns() throws Exception {
    // Given
    var transfer = transfer(10);

    // When
    var outcomes = together(() -> till().claim(claim(transfer, 1000)));

    // Then
    assertThat(outcomes).filteredOn(Claim.Outcome.Claimed.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(new Claim.Outcome.Taken()::equals).hasSize(MEETING - 1);
  }

  @Test
  void claimsOnOneBalanceThatMeetInTheDatabaseTakeTurns() throws Exception {
    // When
    var outcomes = together(() -> till().claim(claim(transfer(10), 20)));

    // Then
    assertThat(outcomes).filteredOn(Claim.Outcome.Claimed.class::isInstance).hasSize(2);
    assertThat(outcomes).filteredOn(new Claim.Outcome.Overdrawn()::equals).hasSize(MEETING - 2);
  }

  /** Lets claims of one known payer run until each of them waits for that payer's row. */
  private List<Claim.Outcome> together(Callable<Claim.Outcome> claim) throws Exception {
    till().release(claimed(transfer(1), 1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var outcomes = new ArrayList<Future<Claim.Outcome>>();
      try (var blocker = database.connect()) {
        blocker.setAutoCommit(false);
        lockPayer(blocker);
        for (int i = 0; i < MEETING; i++) {
          outcomes.add(threads.submit(claim));
        }
        await().until(() -> waiting() == MEETING);
      }
      var results = new ArrayList<Claim.Outcome>();
      for (var outcome : outcomes) {
        results.add(outcome.get());
      }
      return results;
    }
  }

  /** Of an empty table every index looks alike: one that begins with the payer would do as well. */
  @Test
  void aDatabaseThatKnowsNothingOfItsRowsDoesNotReadAllPaymentsOfAPayer() throws Exception {
    try (var young = TestDatabase.fresh();
        var connection = young.connect();
        var statement = connection.createStatement()) {
      // When
      var plan = new ArrayList<String>();
      try (var lines =
          statement.executeQuery(
              "explain update till.payment set fence = 1 where payer = '' and id = ''")) {
        while (lines.next()) {
          plan.add(lines.getString(1));
        }
      }

      // Then
      assertThat(plan)
          .anyMatch(line -> line.contains("payment_pkey") || line.contains("payment_by_id"));
    }
  }

  private void lockPayer(Connection connection) throws SQLException {
    try (var lock =
        connection.prepareStatement("select from till.payer where payer = ? for update")) {
      lock.setBytes(1, payer.toBytes());
      lock.execute();
    }
  }

  private static int waiting() throws SQLException {
    try (var connection = database.connect();
        var count =
            connection.prepareStatement(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """)) {
      var row = count.executeQuery();
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void nobodyWaitsForAPaymentThatSomebodyElseIsTakingOver() throws Exception {
    // Given
    var busy = ticket(till().claim(claim(transfer(10), 100, BLOCK, OVER)));
    var free = ticket(till().claim(claim(transfer(10), 100, BLOCK, OVER)));
    try (var other = database.connect()) {
      other.setAutoCommit(false);
      try (var lock = other.prepareStatement("select from till.payment where id = ? for update")) {
        lock.setBytes(1, busy.id().value().toBytes());
        lock.execute();
      }

      // When
      var leased = till().takeOver(1000, LEASE).stream().map(each -> each.payment().id());

      // Then
      assertThat(leased).contains(free.id()).doesNotContain(busy.id());
    }
  }

  /**
   * Conservation: whatever happens to one payer's payments at once, what is held is the sum of what
   * is undecided.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void heldIsTheSumOfTheUndecidedWhateverHappensAtOnce(long seed) throws Exception {
    // Given
    var random = new Random(seed);
    var seeds = random.longs(16).toArray();
    var payments =
        random
            .longs(3, 1, 50)
            .boxed()
            .<SignedPayment>flatMap(units -> Stream.of(transfer(units), exact(units), upto(units)))
            .toList();

    // When
    atOnce(16, i -> live(new Random(seeds[i]), payments));

    // Then
    assertThat(held()).isEqualTo(sumOfUndecided("amount"));
    assertThat(sum("select permitted from till.payer where payer = ?"))
        .isEqualTo(sumOfUndecided("permitted"));
  }

  /** Fifteen moves on payments that others move at the same time. */
  private int live(Random random, List<SignedPayment> payments) {
    int changes = 0;
    for (int i = 0; i < 15; i++) {
      var signed = payments.get(random.nextInt(payments.size()));
      var known = till().find(signed.key().id());
      if (known.isEmpty() || random.nextInt(3) == 0) {
        changes += begin(random, signed) ? 1 : 0;
      } else {
        changes += move(random, known.get()) ? 1 : 0;
      }
    }
    return changes;
  }

  private boolean begin(Random random, SignedPayment signed) {
    if (till().claim(claim(signed, 100, BLOCK + 1000, LEASE))
        instanceof Claim.Outcome.Claimed(var ticket)) {
      return switch (random.nextInt(6)) {
        case 0, 1 -> till().release(ticket);
        case 2 -> signed.fixedPrice().isEmpty() && giveAway(ticket);
        case 3 -> till().begin(ticket, signed.amount().units(), LEASE);
        default -> keep(ticket);
      };
    }
    return false;
  }

  private boolean move(Random random, Payment payment) {
    long block = BLOCK + random.nextInt(3);
    return switch (random.nextInt(7)) {
      case 0 -> till().settle(payment, settlement(block), Optional.of("receipt"));
      case 1 -> till().voidFor(payment, "authorization_expired", block(block));
      case 2 -> till().putOff(payment, OVER);
      case 3 -> till().reopen(payment, block(block));
      case 4 ->
          till()
              .takeTurn(payment.id(), OVER)
              .map(turn -> till().passTurn(turn.ticket()))
              .isPresent();
      case 5 -> !till().giveUp(random.nextBoolean() ? OVER : DAY).isEmpty();
      default -> !till().takeOver(3, Duration.ZERO).isEmpty();
    };
  }

  @Test
  void aClaimThatTheDatabaseCannotAnswerIsAnOutageAndNotABug() throws Exception {
    // Given
    claimed(transfer(10), 100);
    try (var blocker = database.connect();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      blocker.setAutoCommit(false);
      lockPayer(blocker);
      var claim =
          CompletableFuture.supplyAsync(() -> till().claim(claim(transfer(10), 100)), threads);

      // When
      await().until(this::terminateWhoeverWaits);

      // Then
      assertThatThrownBy(claim::join).hasCauseInstanceOf(MarketException.Unavailable.class);
    }
    assertThat(held()).isEqualByComparingTo("10");
  }

  private boolean terminateWhoeverWaits() throws SQLException {
    try (var connection = database.connect();
        var terminate =
            connection.prepareStatement(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """)) {
      return terminate.executeQuery().next();
    }
  }

  private BigDecimal held() throws SQLException {
    return sum("select held from till.payer where payer = ?");
  }

  private BigDecimal sumOfUndecided(String column) throws SQLException {
    return sum(
        """
        select coalesce(sum(%s), 0) from till.payment
        where payer = ? and state in ('VERIFIED', 'SETTLING', 'UNKNOWN')
        """
            .formatted(column));
  }

  private BigDecimal sum(String query) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(query)) {
      statement.setBytes(1, payer.toBytes());
      var row = statement.executeQuery();
      row.next();
      return row.getBigDecimal(1);
    }
  }

  private static void execute(String statement) throws SQLException {
    try (var connection = database.connect();
        var prepared = connection.prepareStatement(statement)) {
      prepared.execute();
    }
  }
}
