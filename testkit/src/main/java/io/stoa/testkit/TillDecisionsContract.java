package io.stoa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.persistence.till.Decision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How payments end, and what a reorganisation takes back. */
public abstract class TillDecisionsContract extends TillCustomer {
  @Test
  public void aPaymentThatWasPutOffIsUnknownUntilItsDeadline() {
    // Given
    var payment = answered(transfer(10));

    // When
    till().putOff(payment, LEASE);

    // Then
    assertThat(found(payment).state())
        .isEqualTo(new PaymentState.Unknown(payment.signed().expiry()));
    assertThat(takeOver()).isEmpty();
  }

  @Test
  public void anUnknownPaymentComesBackAfterItsPause() {
    // Given
    var payment = answered(transfer(10));
    till().putOff(payment, OVER);

    // When
    var leased = takeOver();

    // Then
    assertThat(leased).extracting(each -> each.payment().id()).containsExactly(payment.id());
  }

  @Test
  public void onlyAPaymentOnItsWayIsPutOff() {
    // Given
    var verified = claimed(transfer(10), 10);
    var settled = settled(transfer(10), BLOCK);

    // Then
    assertThat(till().putOff(found(verified), OVER)).isFalse();
    assertThat(till().putOff(settled, OVER)).isFalse();
  }

  @Test
  public void aPaymentIsDecidedOnce() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean voided = till().voidFor(payment, "authorization_expired", block(BLOCK + 1));
    boolean settledAgain =
        till().settle(payment, settlement(BLOCK + 1), Optional.of("another receipt"));

    // Then
    assertThat(voided).isFalse();
    assertThat(settledAgain).isFalse();
    assertThat(found(payment)).isEqualTo(payment);
    assertThat(till().receipt(payment.id())).contains("receipt");
  }

  @Test
  public void nothingIsDecidedBeforeAnAnswerIsKept() {
    // Given
    var ticket = claimed(transfer(10), 10);

    // When
    boolean settled = till().settle(found(ticket), settlement(BLOCK), Optional.of("receipt"));
    boolean voided = till().voidFor(found(ticket), "authorization_cancelled", block(BLOCK));

    // Then
    assertThat(settled).isFalse();
    assertThat(voided).isFalse();
    assertThat(till().receipt(ticket.id())).isEmpty();
  }

  @Test
  public void aReorganisationTakesAVoidPaymentBackToo() {
    // Given
    var payment = answered(transfer(10));
    till().voidFor(payment, "authorization_cancelled", block(BLOCK));

    // When
    boolean reopened = till().reopen(payment, block(BLOCK));

    // Then
    assertThat(reopened).isTrue();
    assertThat(till().settle(payment, settlement(BLOCK), Optional.of("receipt"))).isTrue();
  }

  @Test
  public void rule67ThereIsAReceiptOnlyWhileAPaymentIsSettled() {
    // Given
    var payment = settled(transfer(10), BLOCK);
    till().reopen(payment, block(BLOCK));

    // When
    var meanwhile = till().receipt(payment.id());
    till().settle(payment, settlement(BLOCK + 1), Optional.of("new receipt"));

    // Then
    assertThat(meanwhile).isEmpty();
    assertThat(till().receipt(payment.id())).contains("new receipt");
  }

  @Test
  public void theLossOfAnotherBlockTakesNothingBack() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean reopened = till().reopen(payment, block(BLOCK + 1));

    // Then
    assertThat(reopened).isFalse();
    assertThat(found(payment)).isEqualTo(payment);
  }

  @Test
  public void aConfirmedDecisionStays() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean confirmed = confirm(payment, BLOCK);

    // Then
    assertThat(confirmed).isTrue();
    assertThat(found(payment).state()).isEqualTo(new PaymentState.Settled(settlement(BLOCK), true));
    assertThat(confirm(payment, BLOCK)).isFalse();
    assertThat(till().reopen(payment, block(BLOCK))).isFalse();
  }

  @Test
  public void aDecisionIsNotConfirmedByAnotherBlock() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean confirmed = confirm(payment, BLOCK + 1);

    // Then
    assertThat(confirmed).isFalse();
  }

  @Test
  public void ofDecisionsConfirmedTogetherEachIsJudgedByItself() {
    // Given
    var sure = settled(transfer(10), BLOCK);
    var elsewhere = settled(transfer(10), BLOCK);
    var reopened = settled(transfer(10), BLOCK);
    till().reopen(reopened, block(BLOCK));
    var known = settled(transfer(10), BLOCK);
    confirm(known, BLOCK);
    var alsoSure = settled(transfer(10), BLOCK + 1);

    // When
    int confirmed =
        till()
            .confirm(
                List.of(
                    new Decision(elsewhere, block(BLOCK + 1)),
                    new Decision(sure, block(BLOCK)),
                    new Decision(reopened, block(BLOCK)),
                    new Decision(known, block(BLOCK)),
                    new Decision(alsoSure, block(BLOCK + 1))));

    // Then
    assertThat(confirmed).isEqualTo(2);
    assertThat(found(sure).state()).isEqualTo(new PaymentState.Settled(settlement(BLOCK), true));
    assertThat(found(alsoSure).state())
        .isEqualTo(new PaymentState.Settled(settlement(BLOCK + 1), true));
    assertThat(found(elsewhere).state())
        .isEqualTo(new PaymentState.Settled(settlement(BLOCK), false));
    assertThat(found(reopened).state()).isInstanceOf(PaymentState.Unknown.class);
  }

  @Test
  public void provisionalDecisionsComeOldestBlockFirst() {
    // Given
    var young = settled(transfer(10), BLOCK + 9);
    var old = answered(transfer(10), BLOCK + 9);
    till().voidFor(old, "authorization_cancelled", block(BLOCK - 9));
    var sure = settled(transfer(10), BLOCK + 10, BLOCK + 9);
    confirm(sure, BLOCK + 10);
    answered(transfer(10), BLOCK + 10);

    // When
    var provisional = till().provisional(ALL).stream().filter(this::isOurs).map(Payment::id);

    // Then
    assertThat(provisional).containsExactly(old.id(), young.id());
  }

  @Test
  public void countsWhatIsUndecided() {
    // Given
    long before = till().undecided();
    claimed(transfer(10), 100);
    answered(transfer(10));
    till().putOff(answered(transfer(10)), LEASE);
    till().release(claimed(transfer(10), 100));
    settled(transfer(10), BLOCK);
    giveAway(claimed(upto(10), 100));

    // When
    long after = till().undecided();

    // Then
    assertThat(after - before).isEqualTo(3);
  }
}
