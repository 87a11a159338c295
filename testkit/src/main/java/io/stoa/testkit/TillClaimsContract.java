package io.stoa.testkit;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Claim.Outcome.Claimed;
import io.stoa.persistence.till.Ticket;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who gets a ticket: what is claimed once, and how far a balance and an allowance go. */
public abstract class TillClaimsContract extends TillCustomer {
  @Test
  public void rule37FiftyClaimsOfOneAuthorizationGiveOneTicket() throws Exception {
    // Given
    var transfer = transfer(10);

    // When
    var outcomes = atOnce(50, _ -> till().claim(claim(transfer, 1000)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Claimed", 1L, "Taken", 49L));
  }

  @Test
  public void fiftyAuthorizationsOnABalanceForOneGiveOneTicket() throws Exception {
    // When
    var outcomes = atOnce(50, _ -> till().claim(claim(transfer(10), 19)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Claimed", 1L, "Overdrawn", 49L));
  }

  @Test
  public void aBalanceForTwoGivesTwoTickets() {
    // When
    var outcomes = List.of(claimOf(10, 20), claimOf(10, 20), claimOf(10, 20));

    // Then
    assertThat(outcomes)
        .extracting(outcome -> outcome.getClass().getSimpleName())
        .containsExactly("Claimed", "Claimed", "Overdrawn");
  }

  @Test
  public void aBalanceInOneTokenSaysNothingAboutAnother() {
    // Given
    claimed(transfer(10), 10);

    // When
    var outcome = till().claim(claim(transfer(EURO, 10, randomBytes32()), 10));

    // Then
    assertThat(outcome).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  @Test
  public void theSameNonceWithAnotherAmountIsTheSameKey() {
    // Given
    var nonce = randomBytes32();
    claimed(transfer(DOLLAR, 10, nonce), 100);

    // When
    var outcome = till().claim(claim(transfer(DOLLAR, 20, nonce), 100));

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Taken());
  }

  @Test
  public void aReleasedNonceMayBeClaimedForAnotherAmount() {
    // Given
    var nonce = randomBytes32();
    till().release(claimed(transfer(DOLLAR, 10, nonce), 20));
    var dearer = transfer(DOLLAR, 20, nonce);

    // When
    var ticket = claimed(dearer, 20);

    // Then
    assertThat(found(ticket).signed()).isEqualTo(dearer);
    assertThat(claimOf(1, 20)).isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  public void remembersEverythingThatWasClaimed() {
    // Given
    var claim = claim(transfer(10), 1000);

    // When
    var ticket = ticket(till().claim(claim));

    // Then
    var payment = found(ticket);
    assertThat(payment.signed()).isEqualTo(claim.signed());
    assertThat(payment.occasion()).isEqualTo(claim.occasion());
    assertThat(payment.state()).isEqualTo(new PaymentState.Verified());
    assertThat(payment.attempts()).isEqualTo(1);
    assertThat(payment.searchFrom()).isEqualTo(claim.searchFrom());
  }

  @Test
  public void remembersEverythingOfAPermitThatItTakesToSettleIt() {
    // Given
    var approval = new Approval(BigInteger.TWO.pow(40), Bytes.wrap(random(65)));
    var claim = claim(upto(10), 10);
    var approved =
        new Claim(
            claim.signed(),
            Optional.of(approval),
            claim.occasion(),
            claim.funds(),
            claim.searchFrom(),
            claim.lease());

    // When
    var metered = found(ticket(till().claim(approved)));
    var exact = found(claimed(exact(10), 20));

    // Then
    assertThat(metered.signed()).isEqualTo(claim.signed());
    assertThat(metered.approval()).contains(approval);
    assertThat(metered.charged()).as("nobody knows yet").isEmpty();
    assertThat(exact.approval()).isEmpty();
    assertThat(exact.charged()).contains(exact.signed().amount());
  }

  @Test
  public void thePermitsOfAllMethodsComeBackAsTheyWereSigned() {
    for (var signed : List.of(transfer(1), exact(1), upto(1))) {
      assertThat(found(claimed(signed, 1_000)).signed()).isEqualTo(signed);
    }
  }

  @Test
  public void onePermit2NonceIsOneKeyForAllTokensAndSchemes() {
    // Given
    var nonce = randomBytes32();
    claimed(permit(DOLLAR, 10, upto(), nonce), 10);

    // When
    var exact = new Witness.Exact(PAY_TO, BigInteger.ZERO);
    var outcome = till().claim(claim(permit(EURO, 10, exact, nonce), 10));

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Taken());
  }

  @Test
  public void rule37OneReleasedPermit2NonceInTwoTokensAtOnceGivesOneTicket() throws Exception {
    // Given
    var nonce = randomBytes32();
    till().release(claimed(permit(DOLLAR, 10, upto(), nonce), 10));

    // When
    var outcomes =
        atOnce(
            50,
            i -> till().claim(claim(permit(i % 2 == 0 ? DOLLAR : EURO, 10, upto(), nonce), 10)));

    // Then
    assertThat(kinds(outcomes)).isEqualTo(Map.of("Claimed", 1L, "Taken", 49L));
    var winner =
        outcomes.stream().filter(Claim.Outcome.Claimed.class::isInstance).findFirst().orElseThrow();
    assertThat(till().release(ticket(winner))).isTrue();
    assertThat(claimOf(10, 10)).as("no other hold is left").isInstanceOf(Claimed.class);
    assertThat(till().claim(claim(transfer(EURO, 10, randomBytes32()), 10)))
        .isInstanceOf(Claimed.class);
  }

  @Test
  public void anAllowanceCoversWhatPermit2WouldMoveAndNothingElse() {
    // Given
    claimed(transfer(10), 100);
    claimed(exact(10), 100);

    // When
    var outcomes =
        List.of(
            till().claim(claim(exact(10), 100, 19, BLOCK, LEASE)),
            till().claim(claim(upto(10), 100, 20, BLOCK, LEASE)),
            till().claim(claim(exact(10), 100, 29, BLOCK, LEASE)),
            till().claim(claim(exact(10), 39, 30, BLOCK, LEASE)));

    // Then
    assertThat(outcomes)
        .extracting(outcome -> outcome.getClass().getSimpleName())
        .containsExactly("Unapproved", "Claimed", "Unapproved", "Overdrawn");
  }

  @Test
  public void anAllowanceIsFreeAgainWhenWhatHeldItIsReleasedOrDecided() {
    // Given
    till().release(claimed(exact(10), 10));
    settled(exact(10), BLOCK);
    till().voidFor(answered(upto(10)), "authorization_expired", block(BLOCK));
    giveAway(claimed(upto(10), 10));

    // When
    var outcome = till().claim(claim(exact(10), 100, 10, BLOCK, LEASE));

    // Then
    assertThat(outcome).isInstanceOf(Claimed.class);
  }

  @Test
  public void aReorganisationHoldsTheAllowanceAgain() {
    // Given
    till().reopen(settled(exact(10), BLOCK), block(BLOCK));

    // When
    var outcome = till().claim(claim(exact(10), 100, 19, BLOCK, LEASE));

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Unapproved());
  }

  @Test
  public void aReleasedPaymentCanBeClaimedAgainThreeTimesInAll() {
    // Given
    var transfer = transfer(10);

    // When
    for (int attempt = 1; attempt <= Payment.MAX_ATTEMPTS; attempt++) {
      assertThat(till().release(claimed(transfer, 10))).isTrue();
    }

    // Then
    assertThat(Payment.MAX_ATTEMPTS).isEqualTo(3);
    assertThat(till().claim(claim(transfer, 10))).isEqualTo(new Claim.Outcome.Exhausted());
  }

  @Test
  public void aClaimThatWasRefusedIsNoAttempt() {
    // Given
    var transfer = transfer(10);
    for (int i = 0; i < 5; i++) {
      till().claim(claim(transfer, 9));
    }

    // When
    var ticket = claimed(transfer, 10);

    // Then
    assertThat(found(ticket).attempts()).isEqualTo(1);
  }

  @Test
  public void aBalanceOlderThanTheLastDecisionIsStale() {
    // Given
    settled(transfer(10), BLOCK + 5);

    // When
    var before = till().claim(claim(transfer(10), 1000, BLOCK + 4, LEASE));
    var after = till().claim(claim(transfer(10), 1000, BLOCK + 5, LEASE));

    // Then
    assertThat(before).isEqualTo(new Claim.Outcome.StaleBalance());
    assertThat(after).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  @Test
  public void aVoidPaymentMakesOlderBalancesStaleToo() {
    // Given
    till().voidFor(answered(transfer(10)), "authorization_cancelled", block(BLOCK + 5));

    // When
    var outcome = till().claim(claim(transfer(10), 1000, BLOCK, LEASE));

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.StaleBalance());
  }

  @Test
  public void heldAmountsReturnWhenAPaymentIsReleasedSettledOrVoid() {
    // Given
    till().release(claimed(transfer(10), 10));
    settled(transfer(10), BLOCK);
    till().voidFor(answered(transfer(10)), "authorization_expired", block(BLOCK));

    // When
    var outcome = claimOf(10, 10);

    // Then
    assertThat(outcome).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  @Test
  public void anUnknownPaymentStaysHeld() {
    // Given
    till().putOff(answered(transfer(10)), LEASE);

    // When
    var outcome = claimOf(10, 19);

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Overdrawn());
  }

  @Test
  public void aReorganisationHoldsTheAmountAgain() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean reopened = till().reopen(payment, block(BLOCK));

    // Then
    assertThat(reopened).isTrue();
    assertThat(found(payment).state()).isInstanceOf(PaymentState.Unknown.class);
    assertThat(claimOf(10, 19)).isEqualTo(new Claim.Outcome.Overdrawn());
    assertThat(claimOf(9, 19)).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  @Test
  public void knowsNothingOfWhatWasNeverClaimed() {
    // Given
    var id = new PaymentId(randomBytes32());

    // Then
    assertThat(till().find(id)).isEmpty();
    assertThat(till().answer(id)).isEmpty();
    assertThat(till().receipt(id)).isEmpty();
    assertThat(till().release(new Ticket(payer, id, 1))).isFalse();
  }

  private static Map<String, Long> kinds(List<Claim.Outcome> outcomes) {
    return outcomes.stream()
        .collect(groupingBy(outcome -> outcome.getClass().getSimpleName(), counting()));
  }
}
