package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Funds;
import io.stoa.persistence.till.Ticket;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.ChainReads;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Money on a real chain and in a real database, with everything that can go wrong in between. Rule
 * numbers are those of the conformance checklist for x402.
 */
class SettlementIT {
  private static final long PRICE = 1000;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration OVER = Duration.ofMinutes(-1);

  private static TestChain chain;
  private static BuyerMoves others;

  private final TestDatabase database = TestDatabase.fresh();
  private final List<Shop> shops = new ArrayList<>();
  private SigningKey buyer;
  private Shop.Setting setting;

  @BeforeAll
  static void start() {
    chain = TestChain.start();
    others = new BuyerMoves(chain);
  }

  @AfterAll
  static void stop() {
    chain.close();
  }

  @BeforeEach
  void openTheDoors() {
    buyer = chain.buyer(PRICE);
    setting = Shop.Setting.of(chain);
  }

  @AfterEach
  void closeTheDoors() {
    chain.setAutomine(true);
    shops.forEach(Shop::close);
    database.close();
  }

  @Test
  void rule23APaymentMovesExactlyItsAmountAndIsAnswered() {
    // Given
    var shop = open(setting);
    var before = chain.dollarsOf(Shop.SELLER);
    var transfer = shop.sign(buyer, PRICE);

    // When
    var admission = shop.serve(shop.present(transfer, "question"));

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertThat(((Admission.Delivered) admission).answer()).isEqualTo(Shop.ANSWER);
    assertThat(chain.dollarsOf(Shop.SELLER).subtract(before)).isEqualTo(PRICE);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Settled.class);
    assertThat(shop.till().receipt(transfer.key().id()))
        .hasValueSatisfying(receipt -> assertThat(receipt).contains(settlement(shop, transfer)));
  }

  @Test
  void rules34And41ACopyGetsTheSameAnswerAndTheSameSettlement() {
    // Given
    var shop = open(setting);
    var presented = shop.present(shop.sign(buyer, PRICE), "question");
    var first = (Admission.Delivered) shop.serve(presented);

    // When
    var second = (Admission.Delivered) shop.serve(presented);

    // Then
    assertThat(second.settlement()).isEqualTo(first.settlement());
    assertThat(second.answer()).isEqualTo(first.answer());
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rules35To38FiftyCopiesAtTwoInstancesAskTheProviderOnceAndSendOnce() throws Exception {
    // Given
    var instances = List.of(open(setting), open(setting));
    var presented = instances.getFirst().present(instances.getFirst().sign(buyer, PRICE), "same");

    // When
    var admissions = atOnce(50, i -> instances.get(i % 2).serve(presented));

    // Then
    assertThat(admissions).allMatch(Admission.Delivered.class::isInstance);
    assertThat(admissions.stream().map(each -> ((Admission.Delivered) each).settlement()))
        .containsOnly(((Admission.Delivered) admissions.getFirst()).settlement());
    assertThat(instances.getFirst().served() + instances.getLast().served()).isEqualTo(1);
    assertThat(instances.getFirst().transactions()).isEqualTo(1);
  }

  @Test
  void manyPaymentsOfOneBuyerAtOnceAreServedAsFarAsItsBalanceGoes() throws Exception {
    // Given
    var instances = List.of(open(setting), open(setting));
    chain.mint(buyer.address(), 4 * PRICE);

    // When
    var admissions =
        atOnce(
            12,
            i -> {
              var shop = instances.get(i % 2);
              return shop.serve(shop.present(shop.sign(buyer, PRICE), "question " + i));
            });

    // Then
    assertThat(admissions).filteredOn(Admission.Delivered.class::isInstance).hasSize(5);
    assertThat(admissions)
        .filteredOn(each -> !(each instanceof Admission.Delivered))
        .allMatch(each -> each.equals(refused("insufficient_balance")));
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @Test
  void aCopyForAnotherRequestOrWithoutABodyIsUsedElsewhere() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    shop.serve(shop.present(transfer, "question"));

    // When
    var other = shop.serve(shop.present(transfer, "another question"));
    var bodiless = shop.serve(shop.present(transfer, ""));

    // Then
    assertThat(other).isEqualTo(new Admission.UsedElsewhere(transfer.key().id()));
    assertThat(bodiless).isEqualTo(new Admission.UsedElsewhere(transfer.key().id()));
    assertThat(shop.served()).isEqualTo(1);
  }

  @Test
  void anAnswerToARequestWithoutABodyIsGivenOnce() {
    // Given
    var shop = open(setting);
    var presented = shop.present(shop.sign(buyer, PRICE), "");
    assertThat(shop.serve(presented)).isInstanceOf(Admission.Delivered.class);

    // When
    var again = shop.serve(presented);

    // Then
    assertThat(again).isInstanceOf(Admission.UsedElsewhere.class);
  }

  @Test
  void theSameNonceSignedForAnotherAmountIsRefused() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    shop.serve(shop.present(transfer, "question"));
    var cheaper =
        shop.sign(buyer, 1, Shop.SELLER, Instant.now().plusSeconds(3600), transfer.nonce());

    // When
    var admission = shop.serve(shop.present(cheaper, "question"));

    // Then
    assertThat(admission).isEqualTo(refused("nonce_already_used"));
  }

  @Test
  void anAnswerThatWasKeptLongEnoughIsForgotten() {
    // Given
    var shop = open(setting.keepingAnswersFor(OVER));
    var presented = shop.present(shop.sign(buyer, PRICE), "question");
    shop.serve(presented);

    // When
    var again = shop.serve(presented);

    // Then
    assertThat(again).isInstanceOf(Admission.Forgotten.class);
    assertThat(shop.served()).isEqualTo(1);
  }

  @Test
  void rule14WhatTheProviderDidNotServeIsNotChargedAndMayBePresentedAgain() {
    // Given
    var shop = open(setting);
    var presented = shop.present(shop.sign(buyer, PRICE), "question");
    shop.cashier().release(shop.admit(presented).ticket());
    assertThat(shop.transactions()).isZero();

    // When
    var admission = shop.serve(presented);

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void nothingIsSentWhenTheAnswerCannotBeKept() {
    // Given
    var shop = open(setting.withTill(till -> Unreachable.during(till, "keepAnswer")));
    var transfer = shop.sign(buyer, PRICE);

    // When
    var outcome = shop.serve(shop.present(transfer, "question"));

    // Then
    assertThat(outcome).isEqualTo(new Admission.Undecided(transfer.key().id()));
    assertThat(shop.sends().findByPurpose(transfer.key().id().toString())).isEmpty();
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
  }

  @Test
  void nothingIsSentForAClaimThatWasTakenOver() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    var admitted = shop.admit(shop.present(transfer, "question"));
    shop.reconcile();

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome).isEqualTo(new Admission.Undecided(transfer.key().id()));
    assertThat(shop.stateOf(transfer)).isEqualTo(new PaymentState.Released());
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aDatabaseThatFailsAfterTheAnswerWasKeptLeavesThePaymentToReconciliation() {
    // Given
    var failing = open(setting.withTill(till -> Unreachable.during(till, "settle")));
    var healthy = open(setting);
    var transfer = failing.sign(buyer, PRICE);
    var presented = failing.present(transfer, "question");

    // When
    var outcome = failing.serve(presented);

    // Then
    assertThat(outcome).isEqualTo(new Admission.Undecided(transfer.key().id()));
    healthy.reconcile();
    assertThat(healthy.serve(presented)).isInstanceOf(Admission.Delivered.class);
    assertThat(healthy.transactions()).isEqualTo(1);
  }

  @Test
  void whatTheBuyerCancelledFirstIsVoid() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    var admitted = shop.admit(shop.present(transfer, "question"));
    var cancellation = others.cancel(buyer, transfer);

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.stateOf(transfer))
        .isEqualTo(new PaymentState.Voided("authorization_cancelled", cancellation.block(), false));

    // When
    chain.mine(4);
    shop.reconcile();

    // Then
    assertThat(shop.serve(shop.present(transfer, "question")))
        .isInstanceOfSatisfying(
            Admission.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_cancelled"));
    assertThat(shop.till().receipt(transfer.key().id())).isEmpty();
  }

  @Test
  void aNonceThatPaidSomebodyElseIsVoid() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    var admitted = shop.admit(shop.present(transfer, "question"));
    var elsewhere = Address.parse("0x" + "0b".repeat(20));
    others.submit(
        shop.sign(buyer, PRICE, elsewhere, Instant.now().plusSeconds(3600), transfer.nonce()));

    // When
    shop.deliver(admitted);

    // Then
    assertThat(shop.stateOf(transfer))
        .isInstanceOfSatisfying(
            PaymentState.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_used_elsewhere"));
  }

  @Test
  void rule33AStrangersSubmissionSettlesWithoutATransactionOfOurs() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    var admitted = shop.admit(shop.present(transfer, "question"));
    var theirs = others.submit(transfer);

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Admission.Delivered.class,
            delivered ->
                assertThat(delivered.settlement())
                    .isEqualTo(new Settlement(theirs.transaction(), theirs.block())));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule33AMinedTransactionWithoutTheProofInItsLogsSettlesNothing() {
    // Given
    var shop = open(setting);
    var transfer = of(others.mute(), shop.sign(buyer, PRICE));
    var ticket = claim(shop, transfer, Duration.ofMinutes(1));

    // When
    var outcome = shop.deliver(new Admission.Admitted(ticket, shop.find(transfer)));

    // Then
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Unknown.class);
  }

  @Test
  void anAuthorizationThatRanOutIsVoidOnlyByAFinalBlock() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE, chain.rpc().head().time().plusSeconds(50));
    chain.ask("evm_increaseTime", 100);

    // When
    var outcome = shop.serve(shop.present(transfer, "question"));

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Unknown.class);
    chain.mine(4);
    shop.reconcile();
    assertThat(shop.stateOf(transfer))
        .isInstanceOfSatisfying(
            PaymentState.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_expired"));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNodeThatLagsBehindTheFinalBlockDoesNotExpireAnything() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE, Instant.now().minusSeconds(60));
    claim(shop, transfer, Duration.ofMinutes(1));
    var newest = chain.rpc().head().ref();

    // When
    var behind = evidence(new BlockRef(newest.number() - 1, newest.hash())).of(transfer, 0);
    var abreast = evidence(newest).of(transfer, 0);

    // Then
    assertThat(behind).isInstanceOf(Fate.Open.class);
    assertThat(abreast).isEqualTo(new Fate.Spoiled("authorization_expired", newest));
  }

  @Test
  void aNodeThatHasTheLogButNotTheReceiptDecidesNothing() {
    // Given
    try (var node = FaultyRpc.before(chain.endpoint())) {
      var shop = open(setting.through(node.endpoint()));
      var transfer = shop.sign(buyer, PRICE);
      claimAndKeep(shop, transfer);
      others.submit(transfer);
      node.spoil(
          "eth_getTransactionReceipt",
          1,
          new Fault.Reply(200, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":null}"));

      // When
      shop.reconcile();

      // Then
      assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Unknown.class);
      shop.reconcile();
      assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Settled.class);
    }
  }

  @Test
  void aDrainedBalanceStaysUnknownAndIsSettledWhenTheMoneyIsBack() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    var admitted = shop.admit(shop.present(transfer, "question"));
    others.drain(buyer);

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    shop.reconcile();
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.transactions()).as("no gas for what cannot pay").isZero();
    chain.mint(buyer.address(), PRICE);
    shop.reconcile();
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Settled.class);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @Test
  void rule40ACrashBeforeTheAnswerWasKeptReleasesTheClaim() {
    // Given
    var presented = open(setting).present(open(setting).sign(buyer, PRICE), "question");
    open(setting).admit(presented);
    var next = open(setting);

    // When
    next.reconcile();

    // Then
    assertThat(next.stateOf(presented.signed())).isEqualTo(new PaymentState.Released());
    assertThat(next.serve(presented)).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void rule40ACrashAfterTheAnswerWasKeptIsSettledByTheNextInstance() {
    // Given
    var crashed = open(setting);
    var presented = crashed.present(crashed.sign(buyer, PRICE), "question");
    var ticket = crashed.admit(presented).ticket();
    keep(crashed, presented.signed(), ticket);
    var next = open(setting);

    // When
    next.reconcile();

    // Then
    assertThat(next.stateOf(presented.signed())).isInstanceOf(PaymentState.Settled.class);
    assertThat(next.transactions()).isEqualTo(1);
    assertThat(next.serve(presented))
        .isInstanceOfSatisfying(
            Admission.Delivered.class,
            delivered -> assertThat(delivered.answer()).isEqualTo(Shop.ANSWER));
  }

  @Test
  void rule42APendingTransactionIsNeitherDeliveredNorSentAgain() {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var presented = shop.present(shop.sign(buyer, PRICE), "question");
    chain.setAutomine(false);
    var pending = shop.serve(presented);
    shop.reconcile();
    var copy = shop.serve(presented);

    // When
    chain.setAutomine(true);
    chain.mine(1);
    shop.recoverSends();
    shop.reconcile();

    // Then
    assertThat(pending).isInstanceOf(Admission.Undecided.class);
    assertThat(copy).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.serve(presented)).isInstanceOf(Admission.Delivered.class);
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void aTransactionThatTheNodeForgotIsBroadcastAgainAndNotReplacedByASecondOne() {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var transfer = shop.sign(buyer, PRICE);
    chain.setAutomine(false);
    shop.serve(shop.present(transfer, "question"));
    var sent = shop.sends().findByPurpose(transfer.key().id().toString()).orElseThrow();
    chain.drop(sent.latest().hash());
    chain.setAutomine(true);

    // When
    shop.recoverSends();
    await().until(() -> shop.transactions() == 1);
    shop.reconcile();

    // Then
    assertThat(shop.stateOf(transfer))
        .isInstanceOfSatisfying(
            PaymentState.Settled.class,
            settled ->
                assertThat(settled.settlement().transaction()).isEqualTo(sent.latest().hash()));
  }

  @Test
  void aReorganisationTakesASettlementBackAndReconciliationSettlesItAgain() {
    // Given
    var shop = open(setting);
    var presented = shop.present(shop.sign(buyer, PRICE), "question");
    var first = (Admission.Delivered) shop.serve(presented);
    chain.reorg(1);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);

    // When
    shop.recoverSends();
    shop.reconcile();
    var meanwhile = shop.till().receipt(presented.signed().key().id());
    shop.reconcile();

    // Then
    assertThat(meanwhile).isEmpty();
    assertThat(chain.dollarsOf(buyer.address())).isZero();
    assertThat(shop.stateOf(presented.signed()))
        .isInstanceOfSatisfying(
            PaymentState.Settled.class,
            settled ->
                assertThat(settled.settlement().block()).isNotEqualTo(first.settlement().block()));
    assertThat(((Admission.Delivered) shop.serve(presented)).answer()).isEqualTo(first.answer());
  }

  @Test
  void aReorganisationThatIsReconciledBeforeItsSendsAreRecoveredChargesOnce() {
    // Given
    var shop = open(setting);
    chain.mint(buyer.address(), PRICE);
    var transfer = shop.sign(buyer, PRICE);
    shop.serve(shop.present(transfer, "question"));
    chain.reorg(1);

    // When
    shop.reconcile();
    shop.reconcile();

    // Then
    assertThat(shop.stateOf(transfer)).isInstanceOf(PaymentState.Settled.class);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
  }

  @Test
  void aSettlementIsFinalOnceItsBlockIsDeepEnough() {
    // Given
    var shop = open(setting);
    var transfer = shop.sign(buyer, PRICE);
    shop.serve(shop.present(transfer, "question"));
    shop.reconcile();
    boolean early = isFinal(shop, transfer);
    chain.mine(3);

    // When
    shop.reconcile();

    // Then
    assertThat(early).isFalse();
    assertThat(isFinal(shop, transfer)).isTrue();
  }

  @Test
  void rule15AChainThatDoesNotAnswerClaimsNothing() {
    // Given
    try (var node = FaultyRpc.before(chain.endpoint())) {
      var shop = open(setting.through(node.endpoint()));
      var presented = shop.present(shop.sign(buyer, PRICE), "question");
      node.spoil("eth_call", 100, Fault.STATUS_500);

      // When
      assertThatThrownBy(() -> shop.serve(presented))
          .isInstanceOf(MarketException.Unavailable.class);

      // Then
      assertThat(shop.till().find(presented.signed().key().id())).isEmpty();
      node.heal();
      assertThat(shop.serve(presented)).isInstanceOf(Admission.Delivered.class);
    }
  }

  @Test
  void aBroadcastWhoseReplyIsLostIsChargedOnce() {
    // Given
    try (var node = FaultyRpc.before(chain.endpoint())) {
      var shop = open(setting.through(node.endpoint()));
      node.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REPLY);

      // When
      var admission = shop.serve(shop.present(shop.sign(buyer, PRICE), "question"));

      // Then
      assertThat(admission).isInstanceOf(Admission.Delivered.class);
      assertThat(shop.transactions()).isEqualTo(1);
    }
  }

  private Shop open(Shop.Setting as) {
    var shop = new Shop(database, chain, as);
    shops.add(shop);
    return shop;
  }

  private static Ticket claim(Shop shop, SignedTransfer transfer, Duration lease) {
    var presented = shop.present(transfer, "question");
    var claim =
        new Claim(
            transfer,
            Optional.empty(),
            new Occasion.Call(
                presented.matched().orElseThrow().purchase(),
                new RequestDigest("POST", "/x/stoa/demo", Bytes32.sha256(new byte[1]))),
            new Funds(transfer.amount().units(), Optional.empty(), chain.rpc().head().number()),
            0,
            lease);
    return ((Claim.Outcome.Claimed) shop.till().claim(claim)).ticket();
  }

  private static void claimAndKeep(Shop shop, SignedTransfer transfer) {
    keep(shop, transfer, claim(shop, transfer, Duration.ofMinutes(1)));
  }

  private static void keep(Shop shop, SignedPayment signed, Ticket ticket) {
    shop.till()
        .keepAnswer(
            ticket,
            Shop.seal(signed),
            Shop.DELIVERY,
            signed.amount().units(),
            Duration.ofHours(1),
            Duration.ofMinutes(1));
  }

  /** The same, in a token that is not the dollar. */
  private static SignedTransfer of(Address token, SignedTransfer transfer) {
    return new SignedTransfer(
        new TokenAmount(new Asset(TestChain.ID, token), transfer.amount().units()),
        transfer.payer(),
        transfer.payTo(),
        transfer.validAfter(),
        transfer.validBefore(),
        transfer.nonce(),
        transfer.signature());
  }

  /** As found through a node that reads the token at {@code head} and takes it for unused. */
  private static TransferEvidence evidence(BlockRef head) {
    ChainReads reads =
        _ ->
            List.of(
                new ChainReads.Eip3009State(head, true, false, BigInteger.valueOf(PRICE), false));
    return new TransferEvidence(chain.rpc(), reads, new Finality.Depth(0));
  }

  private static boolean isFinal(Shop shop, SignedTransfer transfer) {
    return ((PaymentState.Settled) shop.stateOf(transfer)).isFinal();
  }

  private static String settlement(Shop shop, SignedTransfer transfer) {
    return ((PaymentState.Settled) shop.stateOf(transfer)).settlement().transaction().toString();
  }

  private static Admission refused(String reason) {
    return new Admission.Refused("invalid_exact_evm_" + reason);
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> action) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> action.apply(i));
      var results = new ArrayList<T>();
      for (var each : threads.invokeAll(tasks.toList())) {
        results.add(each.get());
      }
      return results;
    }
  }
}
