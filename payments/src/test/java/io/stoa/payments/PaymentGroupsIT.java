package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TestDatabase;
import io.stoa.testkit.TillCustomer;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of payments that one turn of the till decides together each is told what is true of it alone. */
class PaymentGroupsIT extends TillCustomer {
  private static final Set<Thread.State> WAITS =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  /** Each about the same payment. */
  private static final List<String> TURNS =
      List.of(
          """
          select * from till.claim('{a}', '{a}', '{EIP3009}', '{1}', '{a}', '{a}', '{a}', '{1}', '{1}', '{0}', '{9}',
            '{a}', '{null}', '{null}', '{null}', '{null}', '{1}', '{a}', '{a}', '{POST}', '{/}', '{a}', '{9}', '{null}',
            '{9}', '{9}', '{9}', 3)
          """,
          "select till.keep_answers('{a}', '{a}', '{1}', '{a}', '{a}', '{a}', '{1}', '{9}', '{9}')",
          "select till.decide('{a}', '{a}', '{1}', '{a}', '{9}', '{a}', '{a}', '{null}', '{null}')");

  private static final Duration BRIEF = Duration.ofMillis(2);
  private static TestDatabase database;
  private static Pool pool;
  private static Till till;
  private Connection lock;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    till = new PostgresTill(pool);
  }

  @AfterAll
  static void close() {
    pool.close();
    database.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    lock = database.connect();
    lock.setAutoCommit(false);
  }

  @Override
  protected Till till() {
    return till;
  }

  @Test
  void claimsOnOneBalanceAreCoveredOneAfterTheOther() throws Exception {
    // When
    var outcomes = claimedTogether(8, i -> claim(transfer(10), 45));

    // Then
    assertThat(outcomes).filteredOn(Claim.Outcome.Claimed.class::isInstance).hasSize(4);
    assertThat(outcomes).filteredOn(new Claim.Outcome.Overdrawn()::equals).hasSize(4);
    assertThat(claimOf(5, 45)).isInstanceOf(Claim.Outcome.Claimed.class);
    assertThat(claimOf(1, 45)).isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  void rule37OfCopiesThatAreClaimedTogetherOneIs() throws Exception {
    // Given
    var transfer = transfer(10);

    // When
    var outcomes = claimedTogether(8, i -> claim(transfer, 1000));

    // Then
    assertThat(outcomes).filteredOn(Claim.Outcome.Claimed.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(new Claim.Outcome.Taken()::equals).hasSize(7);
    assertThat(claimOf(990, 1000)).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  @Test
  void whatIsClaimedTogetherIsHeldOfThePurseThatItComesFrom() throws Exception {
    // When
    var outcomes =
        claimedTogether(
            8, i -> claim(transfer(i % 2 == 0 ? DOLLAR : EURO, 10, randomBytes32()), 30));

    // Then
    assertThat(outcomes.stream().map(Claim.Outcome.Claimed.class::isInstance))
        .containsExactly(true, true, true, true, true, true, false, false);
  }

  @Test
  void aPaymentThatWasReleasedIsClaimedAnewBesideOthers() throws Exception {
    // Given
    var transfer = transfer(10);
    var first = claimed(transfer, 1000);
    till.release(first);

    // When
    var outcomes = claimedTogether(3, i -> claim(i == 1 ? transfer : transfer(10), 1000));

    // Then
    assertThat(outcomes.stream().map(outcome -> ticket(outcome).fence())).containsExactly(1, 2, 1);
  }

  @Test
  void ofAnswersKeptTogetherTheOneWithAnOldTicketIsNot() throws Exception {
    // Given
    var tickets = IntStream.range(0, 4).mapToObj(i -> claimed(transfer(10), 1000)).toList();
    var old = new Ticket(payer, tickets.get(2).id(), tickets.get(2).fence() - 1);
    var first = claimed(transfer(10), 1000);
    lock("select from till.payment where id = ? for update", first.id().value().toBytes());

    // When
    var kept =
        together(
            () -> keep(first),
            IntStream.range(0, 4)
                .<Callable<Boolean>>mapToObj(i -> () -> keep(i == 2 ? old : tickets.get(i))));

    // Then
    assertThat(kept).containsExactly(true, true, false, true);
    assertThat(tickets.stream().map(ticket -> found(ticket).state()))
        .containsExactly(
            new PaymentState.Settling(),
            new PaymentState.Settling(),
            new PaymentState.Verified(),
            new PaymentState.Settling());
  }

  @Test
  void ofDecisionsTakenTogetherEachIsItsOwnAndFreesWhatWasHeld() throws Exception {
    // Given
    var payments = IntStream.range(0, 4).mapToObj(i -> answered(transfer(10))).toList();
    var settled = settled(transfer(10), BLOCK);
    var first = answered(transfer(10));
    lockPurse(payer);

    // When
    var decided =
        together(
            () -> settle(first),
            Stream.of(
                () -> settle(payments.get(0)),
                () -> till.voidFor(payments.get(1), "expired", block(BLOCK)),
                () -> settle(settled),
                () -> settle(payments.get(2))));

    // Then
    assertThat(decided).containsExactly(true, true, false, true);
    assertThat(found(payments.get(0)).state())
        .isEqualTo(new PaymentState.Settled(settlement(BLOCK), false));
    assertThat(found(payments.get(1)).state())
        .isEqualTo(new PaymentState.Voided("expired", block(BLOCK), false));
    assertThat(till.receipt(payments.get(0).id())).contains("receipt");
    assertThat(till.receipt(payments.get(1).id())).isEmpty();
    assertThat(claimOf(90, 100)).isInstanceOf(Claim.Outcome.Claimed.class);
    assertThat(claimOf(1, 100)).isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  void ofTwoWhoDecideOnePaymentTogetherOneDoes() throws Exception {
    // Given
    var payment = answered(transfer(10));
    var first = answered(transfer(10));
    lockPurse(payer);

    // When
    var decided =
        together(() -> settle(first), Stream.of(() -> settle(payment), () -> settle(payment)));

    // Then
    assertThat(decided).containsExactlyInAnyOrder(true, false);
    assertThat(claimOf(100, 100)).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  /** The plan of a turn is kept: whenever it was made, it must do for many. */
  @ParameterizedTest
  @EnumSource
  void aTurnReadsNothingButWhatItIsAbout(Analyzed analyzed) throws Exception {
    // When
    var read = analyzed.rowsRead(TURNS, (young, _) -> claimEach(young, 3), PaymentGroupsIT::grow);

    // Then
    assertThat(read.keySet()).containsExactlyElementsOf(TURNS);
    assertThat(read.values()).allSatisfy(rows -> assertThat(rows).isBetween(1L, 19L));
  }

  /** Many payers, of whom the one that the turns are about has made the most payments. */
  private static void grow(TestDatabase database, Connection connection) throws Exception {
    claimEach(database, 2_000);
    Analyzed.execute(
        connection,
        """
        insert into till.payment (payer, id, method, chain_id, asset, nonce, pay_to, amount, valid_after, valid_before,
          signature, listing_id, manifest_sha256, offers_root, request_method, request_target, request_body, state, fence,
          attempts, search_from, lease_until, presented_at)
        select 'a', sha256(n::text::bytea), 'EIP3009', 1, 'a', sha256(n::text::bytea), '', 1, 0, 9, '', 1, '',
          '', 'POST', '/', 'a', 'RELEASED', 1, 1, 9, now(), now()
        from generate_series(1, 3000) n
        """);
    Analyzed.execute(
        connection,
        """
        insert into till.deposit (payer, id, method, chain_id, asset, nonce, channel_id, payer_authorizer, receiver,
          receiver_authorizer, withdraw_delay, salt, amount, deadline, search_from, state, lease_until, presented_at)
        select 'a', sha256(n::text::bytea), 'EIP3009', 1, 'a', sha256(n::text::bytea), '', '', '', '', 0, '', 1, 9, 9,
          'OPEN', now(), now()
        from generate_series(1, 1000) n
        """);
  }

  private static void claimEach(TestDatabase database, int number) throws Exception {
    var connections = database.pool();
    try {
      var till = new PostgresTill(connections);
      atOnce(
          number,
          _ -> till.claim(claim(ofStranger(Address.of(random(20))), CALL, 10, 10, BLOCK, LEASE)));
    } finally {
      connections.close();
    }
  }

  private boolean settle(Payment payment) {
    return till.settle(payment, settlement(BLOCK), Optional.of("receipt"));
  }

  /** Claims that wait behind one of somebody else. */
  private List<Claim.Outcome> claimedTogether(int number, IntFunction<Claim> claim)
      throws Exception {
    var stranger = Address.of(random(20));
    var first = ofStranger(stranger);
    till.claim(claim(ofStranger(stranger), 1000));
    lockPurse(stranger);
    return together(
        () -> till.claim(claim(first, 1000)),
        IntStream.range(0, number)
            .mapToObj(claim)
            .<Callable<Claim.Outcome>>map(each -> () -> till.claim(each)));
  }

  private static SignedTransfer ofStranger(Address stranger) {
    return new SignedTransfer(
        TokenAmount.of(DOLLAR, 1),
        stranger,
        PAY_TO,
        BigInteger.ZERO,
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
        randomBytes32(),
        Bytes.wrap(random(65)));
  }

  private void lockPurse(Address of) throws SQLException {
    lock("select from till.payer where payer = ? for update", of.toBytes());
  }

  private void lock(String query, byte[] key) throws SQLException {
    try (var statement = lock.prepareStatement(query)) {
      statement.setBytes(1, key);
      statement.execute();
    }
  }

  /**
   * What {@code others} are told, in their order, who all wait while {@code first} waits for the
   * lock.
   */
  private <T> List<T> together(Callable<T> first, Stream<Callable<T>> others) throws Exception {
    var tasks = Stream.concat(Stream.of(first), others).map(FutureTask::new).toList();
    for (var task : tasks) {
      var thread = Thread.ofPlatform().start(task);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(BRIEF)
          .until(() -> WAITS.contains(thread.getState()));
    }
    lock.close();
    var told = new ArrayList<T>();
    for (var task : tasks) {
      told.add(task.get());
    }
    return told.subList(1, told.size());
  }
}
