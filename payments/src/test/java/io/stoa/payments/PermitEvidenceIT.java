package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.Permit2Reads.Permit2State;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What became of payments by Permit2 behind our back, on a real chain and in a real database, and
 * what is believed of it. Rule numbers are those of the conformance checklist for x402.
 */
class PermitEvidenceIT extends PermitFixture {
  private static final BigInteger MANY = BigInteger.valueOf(MOST);
  private static final Duration SHORT = Duration.ofMillis(300);

  @ParameterizedTest
  @EnumSource
  void aNonceThatThePayerInvalidatedIsVoid(Scheme scheme) {
    // Given
    var shop = open(setting);
    var permit = scheme.sign(shop, buyer);
    var presented = shop.present(permit, "question");
    var admitted = shop.admit(presented);
    var invalidation = others.invalidate(buyer, permit);

    // When
    var outcome = shop.deliver(admitted, USED);

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.stateOf(permit))
        .isEqualTo(new PaymentState.Voided("authorization_cancelled", invalidation.block(), false));
    assertThat(shop.transactions()).isZero();

    // When
    chain.mine(4);
    shop.reconcile();

    // Then
    assertThat(shop.serve(presented))
        .isInstanceOfSatisfying(
            Admission.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_cancelled"));
    assertThat(shop.till().receipt(permit.key().id())).isEmpty();
  }

  @Test
  void rule33WhatWasPaidAndInvalidatedAfterwardsIsPaid() {
    // Given
    var shop = open(setting);
    var permit = shop.signExact(buyer, MOST);
    var admitted = shop.admit(shop.present(permit, "question"));
    others.submit(permit);
    others.invalidate(buyer, permit);

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void rule33AStrangersSubmissionSettlesWithoutATransactionOfOurs() {
    // Given
    var shop = open(setting);
    var permit = shop.signExact(buyer, MOST);
    var admitted = shop.admit(shop.present(permit, "question"));
    var theirs = others.submit(permit);

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
  void rule33ThePaymentOfAnotherPermitProvesNothing() {
    // Given
    var shop = open(setting);
    chain.mint(buyer.address(), MOST);
    var permit = shop.signExact(buyer, MOST);
    var admitted = shop.admit(shop.present(permit, "question"));
    others.submit(shop.signExact(buyer, MOST));
    others.invalidate(buyer, permit);

    // When
    shop.deliver(admitted);

    // Then
    assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Voided.class);
  }

  @Test
  void rule42WhatMayHavePaidThroughAnotherContractIsNeverVoid() {
    // Given
    var shop = open(setting);
    var permit = sign(shop, new Witness.Exact(Shop.SELLER, BigInteger.ZERO), soon());
    var admitted = shop.admit(shop.present(permit, "question"));
    others.submitThroughAnother(permit);
    others.invalidate(buyer, permit);
    assertThat(chain.dollarsOf(buyer.address())).isZero();

    // When
    var outcome = shop.deliver(admitted);
    var early = shop.stateOf(permit);
    outlive();
    shop.reconcile();

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(early).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule42ANonceUsedForSomethingElseIsUnknownUntilThePermitIsDeadForGood() {
    // Given
    var shop = open(setting);
    var permit = sign(shop, new Witness.Exact(Shop.SELLER, BigInteger.ZERO), soon());
    var admitted = shop.admit(shop.present(permit, "question"));
    var elsewhere = new Witness.Exact(chain.account().address(), BigInteger.ZERO);
    others.submit(
        shop.sign(buyer, USED, elsewhere, Instant.now().plusSeconds(3600), permit.nonce()));

    // When
    var outcome = shop.deliver(admitted);
    var early = shop.stateOf(permit);
    outlive();
    shop.reconcile();

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(early).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.stateOf(permit))
        .isInstanceOfSatisfying(
            PaymentState.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_used_elsewhere"));
  }

  @ParameterizedTest
  @EnumSource
  void aPermitThatRanOutIsVoidOnlyByAFinalBlock(Scheme scheme) {
    // Given
    var shop = open(setting);
    var permit = sign(shop, scheme.sign(shop, buyer).witness(), soon());
    var admitted = shop.admit(shop.present(permit, "question"));
    chain.ask("evm_increaseTime", 100);
    chain.mine(1);

    // When
    var outcome = shop.deliver(admitted, USED);
    var early = shop.stateOf(permit);
    chain.mine(4);
    shop.reconcile();

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    assertThat(early).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.stateOf(permit))
        .isInstanceOfSatisfying(
            PaymentState.Voided.class,
            voided -> assertThat(voided.reason()).isEqualTo("authorization_expired"));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNodeThatLagsBehindTheFinalBlockDoesNotExpireAnything() {
    // Given
    var shop = open(setting);
    var witness = new Witness.Exact(Shop.SELLER, BigInteger.ZERO);
    var permit = sign(shop, witness, Instant.now().minusSeconds(60));
    var newest = chain.rpc().head().ref();

    // When
    var behind = evidence(new BlockRef(newest.number() - 1, newest.hash())).of(permit, MANY, 0);
    var abreast = evidence(newest).of(permit, MANY, 0);

    // Then
    assertThat(behind).isInstanceOf(Fate.Open.class);
    assertThat(abreast).isEqualTo(new Fate.Spoiled("authorization_expired", newest));
  }

  @ParameterizedTest
  @EnumSource
  void aDrainedBalanceStaysUnknownAndIsSettledWhenTheMoneyIsBack(Scheme scheme) {
    // Given
    var shop = open(setting);
    var permit = scheme.sign(shop, buyer);
    var admitted = shop.admit(shop.present(permit, "question"));
    others.drain(buyer);

    // When
    var outcome = shop.deliver(admitted);

    // Then
    assertThat(outcome).isInstanceOf(Admission.Undecided.class);
    shop.reconcile();
    assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.transactions()).as("no gas for what cannot pay").isZero();
    chain.mint(buyer.address(), MOST);
    shop.reconcile();
    assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Settled.class);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @Test
  void rule40ACrashBeforeTheAnswerWasKeptReleasesTheClaim() {
    // Given
    var crashed = open(setting);
    var presented = crashed.present(crashed.signUpto(buyer, MOST), "question");
    crashed.admit(presented);
    var next = open(setting);

    // When
    next.reconcile();

    // Then
    assertThat(next.stateOf(presented.signed())).isEqualTo(new PaymentState.Released());
    assertThat(next.serve(presented)).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void rule40ACrashAfterTheAnswerWasKeptIsSettledByTheNextInstanceAtTheMeteredPrice() {
    // Given
    var crashed = open(setting);
    others.approve(buyer, 0);
    var permit = crashed.signUpto(buyer, MOST);
    var approval = others.approval(buyer, permit, 0);
    var presented = crashed.present(permit, Optional.of(approval), "question");
    keep(crashed, crashed.admit(presented), USED);
    var next = open(setting);

    // When
    next.reconcile();

    // Then
    assertThat(next.stateOf(permit)).isInstanceOf(PaymentState.Settled.class);
    assertThat(next.transactions()).isEqualTo(1);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST - USED);
    assertThat(next.serve(presented))
        .isInstanceOfSatisfying(
            Admission.Delivered.class,
            delivered -> assertThat(delivered.answer()).isEqualTo(Shop.ANSWER));
  }

  @ParameterizedTest
  @EnumSource
  void rule40ACrashAfterTheBroadcastIsFoundOnTheChain(Scheme scheme) {
    // Given
    var crashed = open(setting.withTill(till -> Unreachable.during(till, "settle", "putOff")));
    var next = open(setting);
    var permit = scheme.sign(crashed, buyer);
    var presented = crashed.present(permit, "question");

    // When
    var outcome = crashed.serve(presented, USED);
    next.reconcile();

    // Then
    assertThat(outcome).isEqualTo(new Admission.Undecided(permit.key().id()));
    assertThat(next.serve(presented)).isInstanceOf(Admission.Delivered.class);
    assertThat(next.transactions()).isEqualTo(1);
    assertThat(next.served()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void rule42APendingTransactionIsNeitherDeliveredNorSentAgain(Scheme scheme) {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var presented = shop.present(scheme.sign(shop, buyer), "question");
    chain.setAutomine(false);
    var pending = shop.serve(presented, USED);
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
  void aNodeThatHasTheLogButNotTheReceiptDecidesNothing() {
    // Given
    try (var node = FaultyRpc.before(chain.endpoint())) {
      var shop = open(setting.through(node.endpoint()));
      var permit = shop.signExact(buyer, MOST);
      keep(shop, shop.admit(shop.present(permit, "question")), MOST);
      others.submit(permit);
      node.spoil(
          "eth_getTransactionReceipt",
          1,
          new Fault.Reply(200, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":null}"));

      // When
      shop.reconcile();

      // Then
      assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Unknown.class);
      shop.reconcile();
      assertThat(shop.stateOf(permit)).isInstanceOf(PaymentState.Settled.class);
    }
  }

  @Test
  void aReorganisationTakesASettlementBackAndReconciliationSettlesItAgain() {
    // Given
    var shop = open(setting);
    var presented = shop.present(shop.signUpto(buyer, MOST), "question");
    var first = (Admission.Delivered) shop.serve(presented, USED);
    chain.reorg(1);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST);

    // When
    shop.recoverSends();
    shop.reconcile();
    shop.reconcile();

    // Then
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST - USED);
    assertThat(shop.stateOf(presented.signed()))
        .isInstanceOfSatisfying(
            PaymentState.Settled.class,
            settled ->
                assertThat(settled.settlement().block()).isNotEqualTo(first.settlement().block()));
  }

  private SignedPermit sign(Shop shop, Witness witness, Instant deadline) {
    return shop.sign(buyer, MOST, witness, deadline, Shop.randomBytes32().toUnsigned());
  }

  /** A deadline that {@link #outlive} passes. */
  private static Instant soon() {
    return chain.rpc().head().time().plusSeconds(50);
  }

  /** Until a final block. */
  private static void outlive() {
    chain.ask("evm_increaseTime", 100);
    chain.mine(5);
  }

  private static void keep(Shop shop, Admission.Admitted admitted, long price) {
    shop.till()
        .keepAnswer(
            admitted.ticket(),
            Shop.seal(admitted.payment().signed()),
            Shop.DELIVERY,
            BigInteger.valueOf(price),
            Duration.ofHours(1),
            Duration.ofMinutes(1));
  }

  /** As found through a node that reads at {@code head} and takes the nonce for unused. */
  private static PermitEvidence evidence(BlockRef head) {
    return new PermitEvidence(
        chain.rpc(),
        _ -> new Permit2State(head, true, false, true, MANY, MANY, false),
        new Finality.Depth(0));
  }
}
