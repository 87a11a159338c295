package io.stoa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.PaymentState;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Claim.Outcome.Claimed;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the holder of a ticket can do, until somebody takes it over. */
public abstract class TillTicketsContract extends TillCustomer {
  @Test
  public void rule44AMeteredPriceIsKnownWithTheAnswer() {
    // Given
    var ticket = claimed(upto(10), 10);

    // When
    boolean kept = keep(ticket, BigInteger.valueOf(7));

    // Then
    assertThat(kept).isTrue();
    assertThat(found(ticket).charged()).contains(TokenAmount.of(DOLLAR, 7));
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Settling());
    assertThat(claimOf(1, 10)).as("all of it is held").isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  public void rule45WhatCostsNothingIsAnsweredWithoutASettlementAndItsNonceStaysTaken() {
    // Given
    var permit = upto(10);
    var ticket = claimed(permit, 10);

    // When
    boolean given = giveAway(ticket);

    // Then
    assertThat(given).isTrue();
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Free());
    assertThat(found(ticket).charged()).contains(TokenAmount.of(DOLLAR, 0));
    assertThat(found(ticket).occasion()).satisfies(TillCustomer::isAnswered);
    assertThat(till().answer(ticket.id())).hasValueSatisfying(isEqualTo(SEALED));
    assertThat(till().receipt(ticket.id())).contains("receipt");
    assertThat(till().claim(claim(permit, 10))).isEqualTo(new Claim.Outcome.Taken());
    assertThat(claimOf(10, 10)).as("nothing is held").isInstanceOf(Claimed.class);
  }

  @Test
  public void rule41AnErrandIsSettledWithoutAnAnswerAndWithoutAReceipt() {
    // Given
    var ticket = errand(upto(10), 10);

    // When
    boolean begun = till().begin(ticket, BigInteger.valueOf(7), LEASE);

    // Then
    assertThat(begun).isTrue();
    var payment = found(ticket);
    assertThat(payment.occasion()).isEqualTo(new Occasion.Errand());
    assertThat(payment.state()).isEqualTo(new PaymentState.Settling());
    assertThat(payment.charged()).contains(TokenAmount.of(DOLLAR, 7));
    assertThat(till().settle(payment, settlement(BLOCK), Optional.empty())).isTrue();
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Settled(settlement(BLOCK), false));
    assertThat(till().answer(ticket.id())).isEmpty();
    assertThat(till().receipt(ticket.id())).isEmpty();
    assertThat(till().begin(ticket, BigInteger.valueOf(7), LEASE)).isFalse();
  }

  @Test
  public void rule45AnErrandThatCostsNothingIsDoneWithAtOnce() {
    // Given
    var ticket = errand(upto(10), 10);

    // When
    boolean begun = till().begin(ticket, BigInteger.ZERO, OVER);

    // Then
    assertThat(begun).isTrue();
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Free());
    assertThat(claimOf(10, 10)).as("nothing is held").isInstanceOf(Claimed.class);
    assertThat(takeOver()).isEmpty();
  }

  @Test
  public void aPaymentIsKnownFromItsClaimUntilItIsReleased() {
    // Given
    var claimed = claimed(exact(10), 20);
    var released = claimed(exact(5), 20);
    var strange = exact(1).key().id();

    // When
    till().release(released);

    // Then
    assertThat(till().known(List.of(claimed.id(), strange, released.id())))
        .containsExactly(claimed.id());
    assertThat(till().known(List.of())).isEmpty();
  }

  @Test
  public void onlyTheHolderBeginsAnErrand() {
    // Given
    var late = ticket(till().claim(claim(upto(10), new Occasion.Errand(), 10, 10, BLOCK, OVER)));
    takeOver();

    // When
    boolean begun = till().begin(late, BigInteger.ZERO, LEASE);

    // Then
    assertThat(begun).isFalse();
    assertThat(claimOf(10, 10)).isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  public void whatWasReleasedForACallMayBeClaimedForAnErrandAndTheOtherWayRound() {
    // Given
    var permit = exact(10);
    till().release(claimed(permit, 10));

    // When
    var errand = errand(permit, 10);

    // Then
    assertThat(found(errand).occasion()).isEqualTo(new Occasion.Errand());
    till().release(errand);
    assertThat(found(claimed(permit, 10)).occasion()).isEqualTo(CALL);
  }

  @Test
  public void whatWasGivenAwayIsDoneWith() {
    // Given
    var ticket = ticket(till().claim(claim(upto(10), 10, BLOCK, OVER)));
    giveAway(ticket);
    var free = found(ticket);

    // Then
    assertThat(giveAway(ticket)).isFalse();
    assertThat(keep(ticket)).isFalse();
    assertThat(till().release(ticket)).isFalse();
    assertThat(till().putOff(free, OVER)).isFalse();
    assertThat(till().settle(free, settlement(BLOCK), Optional.of("receipt"))).isFalse();
    assertThat(till().voidFor(free, "authorization_cancelled", block(BLOCK))).isFalse();
    assertThat(takeOver()).isEmpty();
    assertThat(found(ticket)).isEqualTo(free);
  }

  @Test
  public void onlyTheHolderGivesAway() {
    // Given
    var late = ticket(till().claim(claim(upto(10), 10, BLOCK, OVER)));
    takeOver();

    // When
    boolean given = giveAway(late);

    // Then
    assertThat(given).isFalse();
    assertThat(till().receipt(late.id())).isEmpty();
    assertThat(till().answer(late.id())).isEmpty();
  }

  @Test
  public void anAnswerIsKeptOnceAndOnlyByTheHolder() {
    // Given
    var ticket = claimed(transfer(10), 10);

    // When
    boolean kept = keep(ticket);
    boolean again = keep(ticket);

    // Then
    assertThat(kept).isTrue();
    assertThat(again).isFalse();
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Settling());
    assertThat(found(ticket).occasion()).satisfies(TillCustomer::isAnswered);
    assertThat(till().answer(ticket.id())).hasValueSatisfying(isEqualTo(SEALED));
  }

  @Test
  public void aPaymentWithAnAnswerIsNotReleasedAnyMore() {
    // Given
    var ticket = claimed(transfer(10), 10);
    keep(ticket);

    // When
    boolean released = till().release(ticket);

    // Then
    assertThat(released).isFalse();
    assertThat(found(ticket).state()).isEqualTo(new PaymentState.Settling());
  }

  @Test
  public void aReleasedTicketKeepsNoAnswer() {
    // Given
    var ticket = claimed(transfer(10), 10);
    till().release(ticket);

    // When
    boolean kept = keep(ticket);

    // Then
    assertThat(kept).isFalse();
    assertThat(till().answer(ticket.id())).isEmpty();
  }

  @Test
  public void aTicketOfAnEarlierClaimChangesNothing() {
    // Given
    var transfer = transfer(10);
    var first = claimed(transfer, 10);
    till().release(first);
    var second = claimed(transfer, 10);

    // When
    boolean released = till().release(first);
    boolean kept = keep(first);

    // Then
    assertThat(released).isFalse();
    assertThat(kept).isFalse();
    assertThat(keep(second)).isTrue();
  }

  @Test
  public void rule40AClaimWhoseHolderDiedIsTakenOver() {
    // Given
    var dead = ticket(till().claim(claim(transfer(10), 10, BLOCK, OVER)));

    // When
    var leased = takeOver();

    // Then
    assertThat(leased).hasSize(1);
    assertThat(leased.getFirst().payment().id()).isEqualTo(dead.id());
    assertThat(leased.getFirst().ticket().fence()).isGreaterThan(dead.fence());
    assertThat(till().release(leased.getFirst().ticket())).isTrue();
    assertThat(claimed(found(dead).signed(), 10)).isNotNull();
  }

  @Test
  public void aHolderWhoseLeaseWasTakenOverChangesNothing() {
    // Given
    var late = ticket(till().claim(claim(transfer(10), 10, BLOCK, OVER)));
    takeOver();

    // When
    boolean released = till().release(late);
    boolean kept = keep(late);

    // Then
    assertThat(released).isFalse();
    assertThat(kept).isFalse();
    assertThat(found(late).state()).isEqualTo(new PaymentState.Verified());
  }

  @Test
  public void aLeaseThatHoldsIsNotTakenOver() {
    // Given
    claimed(transfer(10), 10);
    till().claim(claim(transfer(10), 20, BLOCK, OVER));

    // When
    var first = takeOver();
    var second = takeOver();

    // Then
    assertThat(first).hasSize(1);
    assertThat(second).isEmpty();
  }

  @Test
  public void whatIsDecidedIsNotTakenOver() {
    // Given
    settled(transfer(10), BLOCK);
    till().voidFor(answered(transfer(10)), "authorization_expired", block(BLOCK));
    till().release(ticket(till().claim(claim(transfer(10), 10, BLOCK, OVER))));

    // When
    var leased = takeOver();

    // Then
    assertThat(leased).isEmpty();
  }

  @Test
  public void twoInstancesTakeOverDisjointPayments() throws Exception {
    // Given
    for (int i = 0; i < 40; i++) {
      ticket(till().claim(claim(transfer(1), 40, BLOCK, OVER)));
    }

    // When
    var taken = atOnce(8, _ -> takeOver(7));

    // Then
    var ids = taken.stream().flatMap(List::stream).map(leased -> leased.payment().id()).toList();
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(ids.size() + takeOver().size()).isEqualTo(40);
  }

  @Test
  public void anAnswerIsForgottenAfterItsRetention() {
    // Given
    var ticket = claimed(transfer(10), 10);
    till().keepAnswer(ticket, SEALED, DELIVERY, BigInteger.TEN, OVER, LEASE);

    // When
    var answer = till().answer(ticket.id());
    int droppedWhileUndecided = till().dropExpiredAnswers(ALL);
    till().settle(found(ticket), settlement(BLOCK), Optional.of("receipt"));
    int dropped = till().dropExpiredAnswers(ALL);

    // Then
    assertThat(answer).isEmpty();
    assertThat(droppedWhileUndecided).isZero();
    assertThat(dropped).isEqualTo(1);
    assertThat(found(ticket).occasion()).satisfies(TillCustomer::isAnswered);
  }

  @Test
  public void asManyAnswersAreForgottenAtATimeAsWereAskedFor() {
    // Given
    for (int i = 0; i < 3; i++) {
      var ticket = claimed(transfer(10), 100);
      till().keepAnswer(ticket, SEALED, DELIVERY, BigInteger.TEN, OVER, LEASE);
      till().settle(found(ticket), settlement(BLOCK), Optional.of("receipt"));
    }

    // Then
    assertThat(till().dropExpiredAnswers(2)).isEqualTo(2);
    assertThat(till().dropExpiredAnswers(2)).isEqualTo(1);
  }
}
