package io.stoa.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.payments.ChannelDesk.Entry;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Reservation;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelTerms;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vouchers on a real chain and a real till. */
class ChannelDeskIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final Address PAYEE = Address.parse("0x2000000000000000000000000000000000004020");
  private static final ChannelReads READS =
      new ChannelReads(CHAIN.rpc(), ChannelContracts.CHANNELS);
  private static final int LARGEST = 100;
  private static final Answer ANSWER = answer("forty-two");
  private static final long PRICE = 100;

  private static TestDatabase database;
  private static Pool pool;
  private static ChannelDesk desk;

  private final SigningKey authorizer = CHAIN.account();
  private final ChannelPayer payer = new ChannelPayer(PAYEE, authorizer.address());

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    desk =
        new ChannelDesk(
            new ChannelTill(pool),
            READS,
            new BatchVerifier(TestChain.ID),
            new Receipts(Clock.systemUTC()),
            new ChannelAnswers(
                new ChannelTill(pool),
                new AnswerVault(new SecretKeySpec(new byte[32], "AES")),
                Duration.ofHours(1),
                LARGEST,
                Clock.systemUTC()),
            Duration.ofMinutes(1),
            Clock.systemUTC());
  }

  @AfterAll
  static void close() {
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  @BeforeEach
  void deposit() {
    payer.deposit(1_000);
  }

  @Test
  void rule58AVoucherIsServedAndChargedAndTheNextOneCounts() {
    // When
    var first = charged(opened(visit(PRICE)), PRICE);
    var second = charged(opened(visit(2 * PRICE)), 40);

    // Then
    assertThat(first).isInstanceOf(ChannelDesk.Bill.Paid.class);
    assertThat(((ChannelDesk.Bill.Paid) second).state().charged()).isEqualTo(140);
  }

  @Test
  void rule49ACeilingThatCountsOtherwiseIsCorrectedWithWhatThePayerSignedLast() {
    // Given
    charged(opened(visit(PRICE)), PRICE);

    // When
    var entry = enter(visit(500));

    // Then
    assertThat(entry).isInstanceOf(Entry.Corrected.class);
    var corrected = (Entry.Corrected) entry;
    assertThat(corrected.reason()).isEqualTo(BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    assertThat(corrected.correction().state().charged()).isEqualTo(PRICE);
    assertThat(corrected.correction().voucher()).contains(payer.voucher(PRICE));
  }

  @Test
  void rule51ASecondCallWaitsForTheFirst() {
    // Given
    opened(visit(PRICE));

    // When
    var entry = enter(visit(PRICE));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected -> assertThat(corrected.reason()).isEqualTo(BatchReason.CHANNEL_BUSY));
  }

  @Test
  void rule49NamedCallsRunSideBySideUnderOneCeiling() {
    // When
    var one = enter(visit(300, "the-first-of-three"));
    var two = enter(visit(300, "the-second-of-three"));
    var three = enter(visit(300, "the-third-of-three"));
    var beyond = enter(visit(300, "one-that-is-too-many"));

    // Then
    assertThat(one).isInstanceOf(Entry.Open.class);
    assertThat(two).isInstanceOf(Entry.Open.class);
    assertThat(three).isInstanceOf(Entry.Open.class);
    assertThat(beyond).isInstanceOf(Entry.Corrected.class);
  }

  @Test
  void rule66ACopyOfANamedCallGetsItsAnswer() {
    // Given
    var visit = visit(300, "the-call-that-is-lost");
    var paid = charged(opened(visit), 70);
    charged(opened(visit(300, "another-call-after-it")), 40);

    // When
    var again = enter(visit);

    // Then
    assertThat(again).isEqualTo(new Entry.Answered((ChannelDesk.Bill.Paid) paid, ANSWER));
  }

  @Test
  void rule66ANameStandsForOneCall() {
    // Given
    var visit = visit(300, "the-name-of-two-calls");
    opened(visit);

    // When
    var whileItRuns = enter(visit(300, "the-name-of-two-calls"));
    desk.release(opened(visit(300, "the-name-of-another")).hold());
    var other = enter(visit(200, "the-name-of-two-calls"));

    // Then
    assertThat(whileItRuns).isEqualTo(new Entry.NameTaken());
    assertThat(other).isEqualTo(new Entry.NameTaken());
  }

  @Test
  void rule66ACopyOfACallInProgressWaitsForItsEnd() {
    // Given
    var visit = visit(300, "the-call-in-progress");
    var open = opened(visit);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copy = CompletableFuture.supplyAsync(() -> enter(visit), threads);

      // When
      var paid = charged(open, PRICE);

      // Then
      assertThat(copy.join()).isEqualTo(new Entry.Answered((ChannelDesk.Bill.Paid) paid, ANSWER));
    }
  }

  @Test
  void rule66ACopyOfACallThatCameToNothingIsServedInItsPlace() {
    // Given
    var visit = visit(300, "the-call-that-fails");
    var open = opened(visit);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copy = CompletableFuture.supplyAsync(() -> enter(visit), threads);

      // When
      desk.release(open.hold());

      // Then
      assertThat(copy.join()).isInstanceOf(Entry.Open.class);
    }
  }

  @Test
  void rule66ACopyThatWaitedLongEnoughIsToldToComeAgain() {
    // Given
    var visit = visit(300, "the-call-that-takes-long");
    var open = opened(visit);

    // When
    var entry = desk.enter(visit, Instant.now().minusSeconds(1));

    // Then
    assertThat(entry).isEqualTo(new Entry.Unfinished(open.hold()));
  }

  @Test
  void theLastCallWithoutANameIsAnsweredAgainToWhoSendsAllOfItAgain() {
    // Given
    var visit = visit(PRICE);
    var paid = charged(opened(visit), 70);

    // When
    var again = enter(visit);
    var other = enter(visit(PRICE));

    // Then
    assertThat(again).isEqualTo(new Entry.Answered((ChannelDesk.Bill.Paid) paid, ANSWER));
    assertThat(other).isInstanceOf(Entry.Corrected.class);
  }

  @Test
  void withoutANameOnlyTheLastCallIsKept() {
    // Given
    var first = visit(PRICE);
    charged(opened(first), PRICE);
    charged(opened(visit(2 * PRICE)), PRICE);

    // When, Then
    assertThat(enter(first)).isInstanceOf(Entry.Corrected.class);
  }

  @Test
  void aVoucherAloneDoesNotProveACallWithoutABody() {
    // Given
    var visit =
        withRequest(visit(PRICE), new RequestDigest("GET", "/x", Bytes32.sha256(new byte[0])));
    charged(opened(visit), PRICE);

    // When, Then
    assertThat(enter(visit)).isInstanceOf(Entry.Corrected.class);
  }

  @Test
  void anAnswerThatIsTooLargeIsNotKept() {
    // Given
    var visit = visit(300, "the-call-with-much-to-say");
    var open = opened(visit);
    desk.charge(open, bill(PRICE, answer("much".repeat(LARGEST))));

    // When, Then
    assertThat(enter(visit)).isEqualTo(new Entry.Forgotten(open.hold()));
  }

  @Test
  void aCopyIsAnsweredThoughTheOfferIsGone() {
    // Given
    var visit = visit(300, "the-call-of-old-terms");
    var paid = charged(opened(visit), PRICE);

    // When
    var again =
        desk.repeat(visit.payment(), visit.mode().call(), visit.binding(), visit.request(), soon());

    // Then
    assertThat(again).contains(new Entry.Answered((ChannelDesk.Bill.Paid) paid, ANSWER));
  }

  @Test
  void rule54WhatWasNotServedLeavesTheVoucherGood() {
    // Given
    desk.release(opened(visit(PRICE)).hold());

    // When, Then
    assertThat(enter(visit(PRICE))).isInstanceOf(Entry.Open.class);
  }

  @Test
  void rule55ADepositMadeMeanwhileIsSeen() {
    // Given
    charged(opened(visit(1_000, 1_000)), 1_000);
    payer.deposit(500);

    // When, Then
    assertThat(enter(visit(1_500, 500))).isInstanceOf(Entry.Open.class);
  }

  @Test
  void rule55APayerThatGaveNoticeIsNotServed() {
    // Given
    charged(opened(visit(PRICE)), PRICE);
    payer.giveNotice(900);
    new ChannelTill(pool)
        .sync(payer.channel, payer.config, READS.read(List.of(payer.channel)).getFirst());

    // When
    var entry = enter(visit(2 * PRICE));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected ->
                assertThat(corrected.correction().state().withdrawRequestedAt()).isPositive());
  }

  @Test
  void aChannelThatNobodyFilledIsNotFoundAndNotRemembered() {
    // Given
    var penniless = new ChannelPayer(PAYEE, authorizer.address());

    // When
    var entry = enter(visit(penniless, PRICE, PRICE, Optional.empty()));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.CHANNEL_NOT_FOUND));
    assertThat(new ChannelTill(pool).find(penniless.channel)).isEmpty();
  }

  @Test
  void rule50AVoucherOfAnotherKeyIsRefused() {
    // Given
    var stranger = CHAIN.account();
    var id = payer.channel;
    var ceiling = BigInteger.valueOf(PRICE);
    var digest = ChannelPayer.DIGESTS.voucher(id, ceiling);
    var forged = new Voucher(id, ceiling, Bytes.of(stranger.sign(digest).toBytes()));
    var visit = visit(PRICE);

    // When
    var entry =
        enter(
            new ChannelDesk.Visit(
                new BatchPayload.Pay(payer.config, forged),
                visit.option(),
                visit.domain(),
                visit.purchase(),
                visit.request(),
                visit.mode(),
                visit.binding()));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.VOUCHER_SIGNATURE));
  }

  private static Entry.Open opened(ChannelDesk.Visit visit) {
    var entry = enter(visit);
    assertThat(entry).isInstanceOf(Entry.Open.class);
    return (Entry.Open) entry;
  }

  private static ChannelDesk.Bill.Outcome charged(Entry.Open open, long price) {
    return desk.charge(open, bill(price, ANSWER));
  }

  private static ChannelDesk.Bill bill(long price, Answer answer) {
    return new ChannelDesk.Bill(
        BigInteger.valueOf(price),
        new Usage(Map.of(Unit.ITEM, 1L)),
        answer.bodySha256(),
        Optional.of(answer));
  }

  private static Answer answer(String body) {
    return new Answer(200, List.of(), Bytes.of(body.getBytes(UTF_8)), Instant.EPOCH);
  }

  private static Entry enter(ChannelDesk.Visit visit) {
    return desk.enter(visit, soon());
  }

  private static Instant soon() {
    return Instant.now().plusSeconds(5);
  }

  private static ChannelDesk.Visit withRequest(ChannelDesk.Visit visit, RequestDigest request) {
    return new ChannelDesk.Visit(
        visit.payment(),
        visit.option(),
        visit.domain(),
        visit.purchase(),
        request,
        visit.mode(),
        visit.binding());
  }

  private ChannelDesk.Visit visit(long ceiling) {
    return visit(payer, ceiling, PRICE, Optional.empty());
  }

  private ChannelDesk.Visit visit(long ceiling, long amount) {
    return visit(payer, ceiling, amount, Optional.empty());
  }

  private ChannelDesk.Visit visit(long ceiling, String call) {
    return visit(payer, ceiling, PRICE, Optional.of(new CallId(call)));
  }

  private ChannelDesk.Visit visit(
      ChannelPayer by, long ceiling, long amount, Optional<CallId> call) {
    var domain = CHAIN.dollarDomain();
    var terms = new ChannelTerms(authorizer.address(), 900, Optional.empty());
    return new ChannelDesk.Visit(
        new BatchPayload.Pay(by.config, by.voucher(ceiling)),
        new PaymentRequirements(
            ChannelTerms.SCHEME,
            TestChain.ID,
            BigInteger.valueOf(amount),
            CHAIN.dollar().token(),
            PAYEE,
            60,
            terms.extra(domain)),
        domain,
        new Purchase(new ListingId(7), ChannelPayer.random(), ChannelPayer.random()),
        new RequestDigest("POST", "/x/stoa/minilm", ChannelPayer.random()),
        call.<Reservation.Mode>map(Reservation.Mode.Headroom::new)
            .orElseGet(() -> new Reservation.Mode.Serial(Optional.empty())),
        ChannelPayer.random());
  }
}
