package io.stoa.payments;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final Bytes32 ANSWER = Bytes32.sha256(new byte[0]);
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
            new Receipts(CHAIN.account(), Clock.systemUTC()),
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
    var entry = desk.enter(visit(500));

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
    var entry = desk.enter(visit(PRICE));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected -> assertThat(corrected.reason()).isEqualTo(BatchReason.CHANNEL_BUSY));
  }

  @Test
  void rule49NamedCallsRunSideBySideUnderOneCeiling() {
    // When
    var one = desk.enter(visit(300, "the-first-of-three"));
    var two = desk.enter(visit(300, "the-second-of-three"));
    var three = desk.enter(visit(300, "the-third-of-three"));
    var beyond = desk.enter(visit(300, "one-that-is-too-many"));
    var again = desk.enter(visit(300, "the-first-of-three"));

    // Then
    assertThat(one).isInstanceOf(Entry.Open.class);
    assertThat(two).isInstanceOf(Entry.Open.class);
    assertThat(three).isInstanceOf(Entry.Open.class);
    assertThat(beyond).isInstanceOf(Entry.Corrected.class);
    assertThat(again).isEqualTo(new Entry.Repeated(((Entry.Open) one).hold()));
  }

  @Test
  void rule54WhatWasNotServedLeavesTheVoucherGood() {
    // Given
    desk.release(opened(visit(PRICE)).hold());

    // When, Then
    assertThat(desk.enter(visit(PRICE))).isInstanceOf(Entry.Open.class);
  }

  @Test
  void rule55ADepositMadeMeanwhileIsSeen() {
    // Given
    charged(opened(visit(1_000, 1_000)), 1_000);
    payer.deposit(500);

    // When, Then
    assertThat(desk.enter(visit(1_500, 500))).isInstanceOf(Entry.Open.class);
  }

  @Test
  void rule55APayerThatGaveNoticeIsNotServed() {
    // Given
    charged(opened(visit(PRICE)), PRICE);
    payer.giveNotice(900);
    new ChannelTill(pool)
        .sync(payer.channel, payer.config, READS.read(List.of(payer.channel)).getFirst());

    // When
    var entry = desk.enter(visit(2 * PRICE));

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
    var entry = desk.enter(visit(penniless, PRICE, PRICE, Optional.empty()));

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
        desk.enter(
            new ChannelDesk.Visit(
                new BatchPayload.Pay(payer.config, forged),
                visit.option(),
                visit.domain(),
                visit.purchase(),
                visit.request(),
                Optional.empty()));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.VOUCHER_SIGNATURE));
  }

  private static Entry.Open opened(ChannelDesk.Visit visit) {
    var entry = desk.enter(visit);
    assertThat(entry).isInstanceOf(Entry.Open.class);
    return (Entry.Open) entry;
  }

  private static ChannelDesk.Bill.Outcome charged(Entry.Open open, long price) {
    return desk.charge(
        open,
        new ChannelDesk.Bill(BigInteger.valueOf(price), new Usage(Map.of(Unit.ITEM, 1L)), ANSWER));
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
        call);
  }
}
