package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import io.stoa.payments.RefundDesk.Entry;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Refund;
import io.stoa.persistence.till.Reservation;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Money back out of channels, on a real chain and a real till. */
class RefundDeskIT {
  private static final Duration SHORT = Duration.ofMillis(700);
  private static final BigInteger HIGH = BigInteger.TWO.pow(100);
  private static final long MINTED = 10_000;
  private static final long DEPOSIT = 1_000;

  /** The selector of {@code refundWithSignature}. */
  private static final String REFUND_WITH_SIGNATURE = "b77433e9";

  private static final long REST = DEPOSIT - PRICE;

  private static TestChain chain;

  private final TestDatabase database = TestDatabase.fresh();
  private final List<ChannelShop> shops = new ArrayList<>();
  private final Address payee = Abi.address(Bytes32.of(new BigInteger(150, new Random())));
  private SigningKey authorizer;
  private ChannelPayer payer;
  private ChannelShop.Setting setting;

  @BeforeAll
  static void start() {
    chain = TestChain.start();
  }

  @AfterAll
  static void stop() {
    chain.close();
  }

  @BeforeEach
  void fillAChannel() {
    authorizer = chain.account();
    payer = new ChannelPayer(chain, payee, authorizer.address());
    setting = ChannelShop.Setting.of(chain, payee, authorizer);
    payer.deposit(DEPOSIT);
  }

  @AfterEach
  void closeTheDoors() {
    chain.setAutomine(true);
    shops.forEach(ChannelShop::close);
    database.close();
  }

  @Test
  void rule59WhatIsOwedIsClaimedAndExactlyTheRestGoesBack() {
    // Given
    var shop = charged(setting);

    // When
    var entry = shop.refund(payer.refund(PRICE, 0));

    // Then
    var refunded = refunded(entry);
    assertThat(refunded.amount()).isEqualTo(REST);
    assertThat(refunded.state().balance()).isEqualTo(PRICE);
    assertThat(refunded.state().claimed()).isEqualTo(PRICE);
    assertThat(refunded.state().refundNonce()).isEqualTo(1);
    assertThat(refunded.state().charged()).isEqualTo(PRICE);
    assertThat(chain.dollarsOf(payer.key.address())).isEqualTo(MINTED - PRICE);
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(moves(refunded)).containsExactlyInAnyOrder("CLAIM 100", "REFUND 900");
  }

  @Test
  void rule57APayeeGetsToTheUnitWhatARefundClaimedForIt() {
    // Given
    var shop = charged(setting);
    shop.refund(payer.refund(PRICE, 0));

    // When
    chain.send(
        chain.account(),
        ChannelContracts.CHANNELS,
        ChannelCalls.settle(payee, chain.dollar().token()));

    // Then
    assertThat(chain.dollarsOf(payee)).isEqualTo(PRICE);
  }

  @Test
  void rule59APartGoesBackAndTheChannelPaysOn() {
    // Given
    var shop = charged(setting);

    // When
    var entry = shop.refund(payer.refund(PRICE, 300));

    // Then
    assertThat(refunded(entry).amount()).isEqualTo(300);
    assertThat(refunded(entry).state().balance()).isEqualTo(DEPOSIT - 300);
    assertThat(shop.pay(payer, 2 * PRICE)).isInstanceOf(ChannelDesk.Entry.Open.class);
  }

  @Test
  void lessThanIsWorthADepositGoesBackOnlyWithAllTheRest() {
    // Given
    var shop = charged(setting.wanting(500));

    // When
    var some = shop.refund(payer.refund(PRICE, 499));
    var enough = shop.refund(payer.refund(PRICE, REST - 100));
    var rest = shop.refund(payer.refund(PRICE, 100));

    // Then
    assertThat(some).isEqualTo(new RefundDesk.Entry.Refused(BatchReason.REFUND_AMOUNT_INVALID));
    assertThat(refunded(enough).amount()).isEqualTo(REST - 100);
    assertThat(refunded(rest).amount()).isEqualTo(100);
  }

  @Test
  void moreThanIsLeftIsAllThatIsLeft() {
    // Given
    var shop = charged(setting);

    // When
    var entry = shop.refund(payer.refund(PRICE, DEPOSIT));

    // Then
    assertThat(refunded(entry).amount()).isEqualTo(REST);
    assertThat(onChain().claimed()).isEqualTo(PRICE);
  }

  @Test
  void aChannelThatPaidForNothingGivesEverythingBack() {
    // Given
    var shop = open(setting);

    // When
    var entry = shop.refund(payer.refund(0, 0));

    // Then
    assertThat(refunded(entry).amount()).isEqualTo(DEPOSIT);
    assertThat(chain.dollarsOf(payer.key.address())).isEqualTo(MINTED);
  }

  @Test
  void aRepeatedRequestForEverythingIsToldThatNothingIsLeft() {
    // Given
    var shop = charged(setting);
    shop.refund(payer.refund(PRICE, 0));

    // When
    var again = shop.refund(payer.refund(PRICE, 0));

    // Then
    assertThat(again)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected -> {
              assertThat(corrected.reason()).isEqualTo(BatchReason.REFUND_NO_BALANCE);
              assertThat(corrected.correction().state().balance()).isEqualTo(PRICE);
            });
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(shop.pay(payer, 2 * PRICE))
        .isInstanceOfSatisfying(
            ChannelDesk.Entry.Corrected.class,
            corrected ->
                assertThat(corrected.reason()).isEqualTo(BatchReason.CUMULATIVE_EXCEEDS_BALANCE));
  }

  @Test
  void aNamedRequestForAPartGetsTheSameAnswerAgainAndAnUnnamedOneAnotherPart() {
    // Given
    var shop = charged(setting);
    var name = Optional.of(new CallId("give-me-some-back"));

    // When
    var first = refunded(shop.refund(payer.refund(PRICE, 300), name));
    var copy = refunded(shop.refund(payer.refund(PRICE, 300), name));
    var other = refunded(shop.refund(payer.refund(PRICE, 300)));

    // Then
    assertThat(copy).isEqualTo(first);
    assertThat(other.settlement()).isNotEqualTo(first.settlement());
    assertThat(onChain().balance()).isEqualTo(DEPOSIT - 600);
  }

  @Test
  void rule59ARefundIsToldToWaitForTheCallThatRuns() {
    // Given
    var shop = open(setting);
    var call = (ChannelDesk.Entry.Open) shop.pay(payer, PRICE);

    // When
    var during = shop.refund(payer.refund(0, 0));
    shop.charge(call.hold(), PRICE);
    var outdated = shop.refund(payer.refund(0, 0));
    var after = shop.refund(payer.refund(PRICE, 0));

    // Then
    assertThat(reason(during)).isEqualTo(BatchReason.CHANNEL_BUSY);
    assertThat(reason(outdated)).isEqualTo(BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    assertThat(refunded(after).amount()).isEqualTo(REST);
  }

  @Test
  void rule59AChannelPaysForNothingWhileItsRefundIsPending() {
    // Given
    var shop = charged(setting.waitingFor(SHORT).claimingFrom(HIGH));
    chain.setAutomine(false);
    var pending = shop.refund(payer.refund(PRICE, 0));
    shop.round();

    // When
    var call = shop.pay(payer, 2 * PRICE);
    var again = shop.refund(payer.refund(PRICE, 0));
    chain.setAutomine(true);
    chain.mine(1);
    shop.recoverSends();
    shop.round();

    // Then
    assertThat(pending).isEqualTo(new Entry.Undecided(payer.channel));
    assertThat(call)
        .isInstanceOfSatisfying(
            ChannelDesk.Entry.Corrected.class,
            corrected -> assertThat(corrected.reason()).isEqualTo(BatchReason.CHANNEL_BUSY));
    assertThat(reason(again)).isEqualTo(BatchReason.CHANNEL_BUSY);
    assertThat(onChain().balance()).isEqualTo(PRICE);
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(reason(shop.refund(payer.refund(PRICE, 0))))
        .isEqualTo(BatchReason.REFUND_NO_BALANCE);
  }

  @Test
  void rule59ACrashBeforeTheBroadcastIsCarriedOnByAnotherInstance() {
    // Given
    var crashed = charged(setting);
    var hold = held(crashed);
    var refund =
        new Refund(
            hold,
            BigInteger.ZERO,
            Optional.empty(),
            BigInteger.valueOf(REST),
            chain.rpc().head().number());
    crashed.books.refunds().open(refund, Duration.ofMinutes(1));
    var next = open(setting);

    // When
    next.round();

    // Then
    assertThat(next.books.refunds().get(refund)).isInstanceOf(Refund.State.Done.class);
    assertThat(chain.dollarsOf(payer.key.address())).isEqualTo(MINTED - PRICE);
    assertThat(reason(next.refund(payer.refund(PRICE, 0))))
        .isEqualTo(BatchReason.REFUND_NO_BALANCE);
  }

  @Test
  void rule59ARefundThatAReorganisationTookBackIsDoneAgainBeforeItsChannelPays() {
    // Given
    var shop = charged(setting.finalAfter(5).claimingFrom(HIGH));
    var name = Optional.of(new CallId("give-me-some-back"));
    var first = refunded(shop.refund(payer.refund(PRICE, 300), name));

    // When
    chain.reorg(1);
    shop.round();
    var lost = shop.refund(payer.refund(PRICE, 300), name);
    var whileLost = shop.pay(payer, 2 * PRICE);
    shop.recoverSends();
    chain.mine(1);
    shop.recoverSends();
    shop.round();
    var again = shop.refund(payer.refund(PRICE, 300), name);
    var whileProvisional = shop.pay(payer, 2 * PRICE);
    chain.mine(6);
    shop.round();
    var whenFinal = shop.pay(payer, 2 * PRICE);

    // Then
    assertThat(first.amount()).isEqualTo(300);
    assertThat(lost).isEqualTo(new Entry.Undecided(payer.channel));
    assertThat(refunded(again).amount()).isEqualTo(300);
    assertThat(busy(whileLost)).isTrue();
    assertThat(busy(whileProvisional)).isTrue();
    assertThat(whenFinal).isInstanceOf(ChannelDesk.Entry.Open.class);
    assertThat(onChain().balance()).isEqualTo(DEPOSIT - 300);
  }

  @Test
  void aChannelThatARefundEmptiedTakesANewDepositAtOnce() {
    // Given
    var shop = charged(setting.finalAfter(5));
    refunded(shop.refund(payer.refund(PRICE, 0)));

    // When
    var entry = shop.deposit(payer.sign(2 * PRICE, DEPOSIT));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            DepositDesk.Entry.Deposited.class,
            deposited -> assertThat(deposited.call()).isInstanceOf(ChannelDesk.Entry.Open.class));
  }

  @Test
  void aHoldWhoseRefundWasNeverWrittenDownEndsWithItsLease() {
    // Given
    var crashed = charged(setting);
    held(crashed);
    var next = open(setting);

    // When
    next.round();

    // Then
    assertThat(next.pay(payer, 2 * PRICE)).isInstanceOf(ChannelDesk.Entry.Open.class);
  }

  @Test
  void aRefundOfTheSameNonceThatCameFirstCountsAllTheSame() throws Exception {
    try (var node = FaultyRpc.before(chain.endpoint())) {
      // Given
      var shop = charged(setting.through(node.endpoint()));
      node.spoil("eth_estimateGas", 1, new Fault.HoldTheReply());
      var strangers = new CompletableFuture<Receipt>();

      // When
      Entry entry;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var result = threads.submit(() -> shop.refund(payer.refund(PRICE, 0)));
        await().until(() -> node.requests("eth_estimateGas") == 1);
        strangers.complete(payer.send(chain.account(), signed(REST)));
        node.heal();
        entry = result.get();
      }

      // Then
      assertThat(refunded(entry).settlement().transaction())
          .isEqualTo(strangers.get().transaction());
      assertThat(refunded(entry).amount()).isEqualTo(REST);
      shop.round();
      assertThat(chain.dollarsOf(payee)).isEqualTo(PRICE);
    }
  }

  @Test
  void aRefundThatTheChainWouldNotDoIsShownToNobodySigned() throws Exception {
    try (var node = FaultyRpc.before(chain.endpoint())) {
      // Given
      var shop = charged(setting.through(node.endpoint()));
      shop.let("update till.channel set signature = '\\x010203'");

      // When
      var entry = shop.refund(payer.refund(PRICE, 0));

      // Then
      assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.REFUND_SIMULATION_FAILED));
      assertThat(node.requests("eth_estimateGas")).isEqualTo(1);
      assertThat(node.heard(REFUND_WITH_SIGNATURE)).isFalse();
      assertThat(shop.pay(payer, 2 * PRICE)).isInstanceOf(ChannelDesk.Entry.Open.class);
    }
  }

  @Test
  void rule50AVoucherOfAnotherKeyBringsNothingBack() {
    // Given
    var shop = charged(setting);
    var stranger = new ChannelPayer(chain, payee, authorizer.address());
    var forged =
        new BatchPayload.Refund(
            payer.config,
            new Voucher(
                payer.channel, BigInteger.valueOf(PRICE), stranger.voucher(PRICE).signature()),
            Optional.empty());

    // When
    var entry = shop.refund(forged);

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.VOUCHER_SIGNATURE));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aChannelThatDoesNotExistIsNotFound() {
    // Given
    var shop = open(setting);
    var penniless = new ChannelPayer(chain, payee, authorizer.address());

    // When
    var entry = shop.refund(penniless.refund(0, 0));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.CHANNEL_NOT_FOUND));
  }

  private ChannelShop open(ChannelShop.Setting with) {
    var shop = new ChannelShop(database, chain, with);
    shops.add(shop);
    return shop;
  }

  /** Served one call. */
  private ChannelShop charged(ChannelShop.Setting with) {
    var shop = open(with);
    shop.charge(((ChannelDesk.Entry.Open) shop.pay(payer, PRICE)).hold(), PRICE);
    return shop;
  }

  /** What a refund begins with. */
  private Hold held(ChannelShop shop) {
    var outcome = shop.books.channels().reserve(shop.keeping(payer.voucher(PRICE)));
    assertThat(outcome).isInstanceOf(Reservation.Outcome.Held.class);
    return ((Reservation.Outcome.Held) outcome).hold();
  }

  private Bytes signed(long units) {
    var amount = BigInteger.valueOf(units);
    var digest = ChannelPayer.DIGESTS.refund(payer.channel, BigInteger.ZERO, amount);
    return ChannelCalls.refundWithSignature(
        payer.config, amount, BigInteger.ZERO, Bytes.of(authorizer.sign(digest).toBytes()));
  }

  private static Entry.Refunded refunded(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Refunded.class);
    return (Entry.Refunded) entry;
  }

  private static boolean busy(ChannelDesk.Entry entry) {
    return entry instanceof ChannelDesk.Entry.Corrected corrected
        && corrected.reason().equals(BatchReason.CHANNEL_BUSY);
  }

  private static String reason(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Corrected.class);
    return ((Entry.Corrected) entry).reason();
  }

  private ChannelOnChain onChain() {
    return new ChannelReads(chain.rpc(), ChannelContracts.CHANNELS)
        .read(List.of(payer.channel))
        .getFirst();
  }

  private List<String> moves(Entry.Refunded refunded) {
    return Rows.of(
        database,
        "select kind || ' ' || amount from till.channel_move where tx_hash = '\\x"
            + refunded.settlement().transaction().toString().substring(2)
            + "'");
  }
}
