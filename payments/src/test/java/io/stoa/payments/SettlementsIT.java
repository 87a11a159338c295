package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.payments.Settlements.Outcome;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Funds;
import io.stoa.x402.permit2.UptoCharge;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Settlements that other servers ask for, on a real chain and in a real database. Rule numbers are
 * those of the conformance checklist for x402.
 */
class SettlementsIT extends PermitFixture {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** By which a payment moves. */
  enum Method {
    TRANSFER,
    EXACT,
    UPTO
  }

  private SignedPayment sign(Shop shop, Method method) {
    return switch (method) {
      case TRANSFER -> shop.sign(buyer, MOST);
      case EXACT -> shop.signExact(buyer, MOST);
      case UPTO -> shop.signUpto(buyer, MOST);
    };
  }

  @ParameterizedTest
  @EnumSource
  void rule41ARepeatedSettleReturnsTheSameTransaction(Method method) {
    // Given
    var shop = open(setting);
    var payment = sign(shop, method);

    // When
    var first = shop.settle(payment);
    var second = shop.settle(payment);

    // Then
    assertThat(first).isInstanceOf(Outcome.Settled.class);
    assertThat(settlement(second)).isEqualTo(settlement(first));
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void rules37And38FiftySettlesAtTwoInstancesSendOnce(Method method) throws Exception {
    // Given
    var instances = List.of(open(setting), open(setting));
    var payment = sign(instances.getFirst(), method);

    // When
    var outcomes = atOnce(50, i -> instances.get(i % 2).settle(payment));

    // Then
    assertThat(outcomes).allMatch(Outcome.Settled.class::isInstance);
    assertThat(outcomes.stream().map(SettlementsIT::settlement))
        .containsOnly(settlement(outcomes.getFirst()));
    assertThat(instances.getFirst().transactions()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void rule42WhatIsOnItsWayNamesItsTransactionUntilItIsSettledByThat(Method method) {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var payment = sign(shop, method);
    chain.setAutomine(false);

    // When
    var first = shop.settle(payment);
    var second = shop.settle(payment);
    chain.setAutomine(true);
    chain.mine(1);
    shop.recoverSends();
    shop.reconcile();
    var last = shop.settle(payment);

    // Then
    var sent = shop.sends().findByPurpose(payment.key().id().toString()).orElseThrow();
    assertThat(first).isEqualTo(new Outcome.Pending(sent.latest().hash()));
    assertThat(second).isEqualTo(first);
    assertThat(settlement(last).transaction()).isEqualTo(sent.latest().hash());
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule44OfWhatWasSignedUnderACeilingWhatIsDueIsCharged() {
    // Given
    var shop = open(setting);
    var payment = shop.signUpto(buyer, MOST);

    // When
    var outcome = shop.settle(payment, USED);
    var repeated = shop.settle(payment, USED);
    var dearer = shop.settle(payment, MOST);

    // Then
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Settled.class,
            settled -> assertThat(settled.payment().price().units()).isEqualTo(USED));
    assertThat(settlement(repeated)).isEqualTo(settlement(outcome));
    assertThat(dearer).isEqualTo(new Outcome.Refused("permit2_invalid_nonce"));
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST - USED);
  }

  @Test
  void rule44MoreThanWasSignedIsRefused() {
    // Given
    var shop = open(setting);
    var payment = shop.signUpto(buyer, MOST);

    // When
    var outcome = shop.settle(payment, MOST + 1);

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Refused(UptoCharge.AboveCeiling.REASON));
    assertThat(shop.till().find(payment.key().id())).isEmpty();
  }

  @Test
  void rule45NothingDueIsSettledWithoutATransactionAndItsNonceStaysTaken() {
    // Given
    var shop = open(setting);
    var payment = shop.signUpto(buyer, MOST);

    // When
    var outcome = shop.settle(payment, 0);
    var repeated = shop.settle(payment, 0);
    var dearer = shop.settle(payment, USED);

    // Then
    assertThat(outcome).isInstanceOf(Outcome.Free.class);
    assertThat(repeated).isInstanceOf(Outcome.Free.class);
    assertThat(dearer).isEqualTo(new Outcome.Refused("permit2_invalid_nonce"));
    assertThat(shop.serve(shop.present(payment, "question")))
        .isEqualTo(new Admission.UsedElsewhere(payment.key().id()));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule47AMissingAllowanceIsTheReason() {
    // Given
    var shop = open(setting);
    others.approve(buyer, 0);

    // When
    var outcome = shop.settle(shop.signExact(buyer, MOST));

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Refused("permit2_allowance_required"));
  }

  @Test
  void whatDoesNotHoldIsRefusedAndLeavesNothingBehind() {
    // Given
    var shop = open(setting);
    var payment = shop.signExact(buyer, MOST + 1);

    // When
    var outcome = shop.settle(payment);

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Refused("permit2_insufficient_balance"));
    assertThat(shop.till().find(payment.key().id())).isEmpty();
  }

  @Test
  void whatAStrangerSettledBeforeIsRefusedBecauseNothingHereShowsIt() {
    // Given
    var shop = open(setting);
    var payment = shop.signExact(buyer, MOST);
    others.submit(payment);

    // When
    var outcome = shop.settle(payment);

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Refused("permit2_invalid_nonce"));
  }

  @Test
  void whatPaidForACallHereIsNotSettledForAnotherServer() {
    // Given
    var shop = open(setting);
    var payment = shop.signExact(buyer, MOST);
    shop.serve(shop.present(payment, "question"));

    // When
    var outcome = shop.settle(payment);

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Refused("permit2_invalid_nonce"));
  }

  @Test
  void whatWasSettledForAnotherServerPaysForNoCallHere() {
    // Given
    var shop = open(setting);
    var payment = shop.sign(buyer, MOST);
    shop.settle(payment);

    // When
    var admission = shop.serve(shop.present(payment, "question"));

    // Then
    assertThat(admission).isEqualTo(new Admission.UsedElsewhere(payment.key().id()));
    assertThat(shop.served()).isZero();
    assertThat(shop.till().receipt(payment.key().id())).isEmpty();
  }

  @Test
  void aCallThatIsBeingServedIsNotSettledFromOutside() {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var payment = shop.signUpto(buyer, MOST);
    var admitted = shop.admit(shop.present(payment, "question"));

    // When
    var outcome = shop.settle(payment);

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Undecided(payment.key().id()));
    shop.deliver(admitted, USED);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST - USED);
  }

  @Test
  void rule40ACrashAfterTheBroadcastIsFoundOnTheChain() {
    // Given
    var crashed = open(setting.withTill(till -> Unreachable.during(till, "settle", "putOff")));
    var next = open(setting);
    var payment = crashed.signUpto(buyer, MOST);

    // When
    var outcome = crashed.settle(payment, USED);
    next.reconcile();

    // Then
    assertThat(outcome).isInstanceOf(Outcome.Pending.class);
    assertThat(next.find(payment).occasion()).isEqualTo(new Occasion.Errand());
    assertThat(settlement(next.settle(payment, USED)).transaction())
        .isEqualTo(((Outcome.Pending) outcome).transaction());
    assertThat(next.transactions()).isEqualTo(1);
  }

  @Test
  void rule40ACrashBeforeTheBroadcastLeavesThePaymentAsItWas() {
    // Given
    var crashed = open(setting.withTill(till -> Unreachable.during(till, "begin")));
    var next = open(setting);
    var payment = crashed.signExact(buyer, MOST);

    // When
    var outcome = crashed.settle(payment);
    next.reconcile();

    // Then
    assertThat(outcome).isEqualTo(new Outcome.Undecided(payment.key().id()));
    assertThat(next.stateOf(payment)).isEqualTo(new PaymentState.Released());
    assertThat(next.settle(payment)).isInstanceOf(Outcome.Settled.class);
  }

  @ParameterizedTest
  @EnumSource
  void rule40WhatACrashLeftUnsentIsSentByTheAccountOfErrands(Method method) {
    // Given
    var shop = open(setting.sendingFrom(chain.account(), chain.account()));
    var payment = sign(shop, method);
    leaveUnsent(shop, payment);

    // When
    shop.reconcile();

    // Then
    var settled = settlement(shop.settle(payment));
    assertThat(chain.rpc().transaction(settled.transaction()).orElseThrow().from())
        .isEqualTo(shop.facilitator());
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void nobodyPaysForErrandsWhereThereAreNone() {
    // Given
    var shop = open(setting.withoutErrands());
    var payment = shop.signExact(buyer, MOST);
    leaveUnsent(shop, payment);

    // When
    shop.reconcile();
    var before = shop.stateOf(payment);
    others.submit(payment);
    shop.reconcile();

    // Then
    assertThat(before).isNotInstanceOf(PaymentState.Settled.class);
    assertThat(shop.stateOf(payment)).isInstanceOf(PaymentState.Settled.class);
    assertThat(shop.transactions()).isZero();
  }

  /** As one is left whose settler died after it had begun. */
  private void leaveUnsent(Shop shop, SignedPayment payment) {
    var units = payment.amount().units();
    long block = chain.rpc().head().number();
    var allowance =
        payment instanceof SignedPermit ? Optional.of(units) : Optional.<BigInteger>empty();
    var claim =
        new Claim(
            payment,
            Optional.empty(),
            new Occasion.Errand(),
            new Funds(units, allowance, block),
            block,
            Duration.ZERO);
    var claimed = (Claim.Outcome.Claimed) shop.till().claim(claim);
    assertThat(shop.till().begin(claimed.ticket(), units, Duration.ZERO)).isTrue();
  }

  private static Settlement settlement(Outcome outcome) {
    return ((Outcome.Settled) outcome).settlement();
  }
}
