package io.stoa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.TxHash;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Claim.Outcome.Claimed;
import io.stoa.persistence.till.Ticket;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Calls paid upfront: who asks the provider, and what is owed back. */
public abstract class TillTurnsContract extends TillCustomer {
  @Test
  public void aCallPaidUpfrontIsSettledBeforeItsProviderIsAsked() {
    // Given
    var paid = paid(transfer(10));

    // When
    var turn = till().takeTurn(paid.id(), LEASE).orElseThrow();
    boolean answered = answerInTurn(turn.ticket());

    // Then
    assertThat(paid.isOwed()).isTrue();
    assertThat(paid.attempts()).as("nobody was asked").isZero();
    assertThat(turn.payment().attempts()).isEqualTo(1);
    assertThat(answered).isTrue();
    assertThat(found(paid).occasion()).satisfies(TillCustomer::isAnswered);
    assertThat(found(paid).state()).isEqualTo(paid.state());
    assertThat(till().answer(paid.id())).hasValueSatisfying(isEqualTo(SEALED));
    assertThat(till().receipt(paid.id())).contains("receipt");
    assertThat(till().takeTurn(paid.id(), LEASE)).as("it is answered").isEmpty();
  }

  @Test
  public void ofFiftyOneHasTheTurnToAskForWhatWasPaid() throws Exception {
    // Given
    var paid = paid(transfer(10));

    // When
    var turns = atOnce(50, _ -> till().takeTurn(paid.id(), LEASE));

    // Then
    assertThat(turns).filteredOn(Optional::isPresent).hasSize(1);
    assertThat(found(paid).attempts()).isEqualTo(1);
  }

  @Test
  public void aTurnThatBroughtNothingIsTheNextOnesAndTheThirdIsTheLast() {
    // Given
    var paid = paid(transfer(10));

    // When
    pass(paid);
    pass(paid);
    var between = found(paid).state();
    pass(paid);

    // Then
    assertThat(between).isEqualTo(paid.state());
    assertThat(found(paid).state()).isEqualTo(new PaymentState.RefundDue(settlement(BLOCK), false));
    assertThat(till().takeTurn(paid.id(), LEASE)).isEmpty();
    assertThat(till().receipt(paid.id())).isEmpty();
    assertThat(claimOf(10, 10)).as("nothing is held").isInstanceOf(Claimed.class);
  }

  @Test
  public void aHolderWhoseTurnIsOverChangesNothing() {
    // Given
    var paid = paid(transfer(10));
    var late = till().takeTurn(paid.id(), OVER).orElseThrow().ticket();
    var next = till().takeTurn(paid.id(), LEASE).orElseThrow().ticket();

    // Then
    assertThat(next.fence()).isGreaterThan(late.fence());
    assertThat(answerInTurn(late)).isFalse();
    assertThat(till().passTurn(late)).isFalse();
    assertThat(answerInTurn(next)).isTrue();
    assertThat(answerInTurn(next)).as("it is answered").isFalse();
    assertThat(till().passTurn(next)).isFalse();
  }

  @Test
  public void theTicketOfTheClaimIsNoTurn() {
    // Given
    var ticket = claimed(transfer(10), 10);
    till().begin(ticket, BigInteger.TEN, LEASE);
    till().settle(found(ticket), settlement(BLOCK), Optional.empty());

    // Then
    assertThat(till().passTurn(ticket)).isFalse();
    assertThat(answerInTurn(ticket)).isFalse();
  }

  @Test
  public void onlyACallThatIsPaidAndNotAnsweredHasTurns() {
    // Given
    var errand = errand(exact(10), 100);
    till().begin(errand, BigInteger.TEN, LEASE);
    till().settle(found(errand), settlement(BLOCK), Optional.empty());

    // Then
    for (var id :
        List.of(
            claimed(transfer(10), 100).id(),
            answered(transfer(10)).id(),
            settled(transfer(10), BLOCK).id(),
            errand.id(),
            new PaymentId(randomBytes32()))) {
      assertThat(till().takeTurn(id, LEASE)).isEmpty();
    }
  }

  @Test
  public void aReorganisationTakesTheTurnAway() {
    // Given
    var paid = paid(transfer(10));
    var turn = till().takeTurn(paid.id(), LEASE).orElseThrow().ticket();

    // When
    till().reopen(paid, block(BLOCK));

    // Then
    assertThat(answerInTurn(turn)).isFalse();
    assertThat(till().passTurn(turn)).isFalse();
    assertThat(till().takeTurn(paid.id(), LEASE)).isEmpty();

    // When
    till().settle(paid, settlement(BLOCK + 1), Optional.empty());

    // Then
    assertThat(answerInTurn(turn)).as("its receipt tells of the lost block").isFalse();
  }

  @Test
  public void whatNobodyAnsweredInTimeIsOwedBack() {
    // Given
    var waiting = paid(transfer(10));
    var atWork = paid(transfer(10));
    till().takeTurn(atWork.id(), LEASE);
    var diedAtTheLast = paid(transfer(10));
    pass(diedAtTheLast);
    pass(diedAtTheLast);
    till().takeTurn(diedAtTheLast.id(), OVER);
    var answered = settled(transfer(10), BLOCK);

    // When
    var soon = till().giveUp(DAY);
    var late = till().giveUp(OVER);

    // Then
    assertThat(soon).contains(diedAtTheLast.id()).doesNotContain(waiting.id(), atWork.id());
    assertThat(late).contains(waiting.id()).doesNotContain(atWork.id(), answered.id());
    assertThat(found(waiting).state()).isInstanceOf(PaymentState.RefundDue.class);
    assertThat(found(diedAtTheLast).state()).isInstanceOf(PaymentState.RefundDue.class);
  }

  @Test
  public void whatWasPaidBackAndIsFinalIsRefunded() {
    // Given
    var paid = paid(transfer(10));
    till().giveUp(OVER);
    var refund = new TxHash(randomBytes32());
    boolean early = till().refunded(paid, refund);
    boolean confirmed = confirm(paid, BLOCK);

    // When
    boolean refunded = till().refunded(paid, refund);

    // Then
    assertThat(early).as("its settlement may still be lost").isFalse();
    assertThat(confirmed).isTrue();
    assertThat(refunded).isTrue();
    assertThat(found(paid).state()).isEqualTo(new PaymentState.Refunded(settlement(BLOCK), refund));
    assertThat(till().refunded(paid, refund)).isFalse();
    assertThat(till().reopen(paid, block(BLOCK))).isFalse();
  }

  @Test
  public void aReorganisationTakesADebtBackToo() {
    // Given
    var paid = paid(transfer(10));
    till().giveUp(OVER);

    // When
    boolean reopened = till().reopen(paid, block(BLOCK));

    // Then
    assertThat(reopened).isTrue();
    assertThat(found(paid).state()).isInstanceOf(PaymentState.Unknown.class);
    assertThat(claimOf(1, 10)).as("held again").isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  public void aDebtIsLookedAtByOneAndAgainAfterItsPause() {
    // Given
    var paid = paid(transfer(10));
    till().giveUp(OVER);

    // When
    var first = due(LEASE);
    var second = due(LEASE);

    // Then
    assertThat(first).containsExactly(paid.id());
    assertThat(second).isEmpty();
  }

  private void pass(Payment paid) {
    assertThat(till().passTurn(till().takeTurn(paid.id(), LEASE).orElseThrow().ticket())).isTrue();
  }

  private List<PaymentId> due(Duration pause) {
    return till().refundsDue(ALL, pause).stream().filter(this::isOurs).map(Payment::id).toList();
  }

  /** Settled upfront, at a balance that covers anything. */
  private Payment paid(SignedPayment signed) {
    var ticket = ticket(till().claim(claim(signed, 1_000_000)));
    assertThat(till().begin(ticket, signed.amount().units(), LEASE)).isTrue();
    assertThat(till().settle(found(ticket), settlement(BLOCK), Optional.empty())).isTrue();
    return found(ticket);
  }

  private boolean answerInTurn(Ticket ticket) {
    return till().answerInTurn(ticket, settlement(BLOCK), SEALED, DELIVERY, "receipt", DAY);
  }
}
