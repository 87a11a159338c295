package io.stoa.testkit;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.CallName;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Claim.Outcome.Claimed;
import io.stoa.persistence.till.Funds;
import io.stoa.persistence.till.NamedPayment;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Till} keeps. Rule numbers are those of the conformance checklist for x402.
 * Payers are new in every test, so that a till may be shared by all of them.
 */
public abstract class TillContract {
  protected static final Asset DOLLAR = asset("0x5fbdb2315678afecb367f032d93f642f64180aa3");
  protected static final Duration LEASE = Duration.ofMinutes(5);
  protected static final Duration OVER = Duration.ofMinutes(-1);
  protected static final Duration DAY = Duration.ofDays(1);
  protected static final long BLOCK = 100;

  private static final Asset EURO = asset("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512");
  private static final Address PAY_TO = Address.parse("0x2000000000000000000000000000000000004020");
  private static final byte[] SEALED = {4, 0, 2};
  private static final Delivery DELIVERY =
      new Delivery(randomBytes32(), new Usage(Map.of(Unit.OUTPUT_TOKEN, 7L)));
  private static final Occasion.Call CALL =
      new Occasion.Call(
          new Purchase(new ListingId(7), randomBytes32(), randomBytes32()),
          new RequestDigest("POST", "/s/chat?x=1", randomBytes32()));
  private static final int ALL = 10_000;

  protected final Address payer = Address.of(random(20));

  /** One till, or several handles of the same one: each call may return another handle. */
  protected abstract Till till();

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
    assertThat(found(ticket).occasion()).satisfies(TillContract::isAnswered);
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

  private Ticket errand(SignedPayment signed, long units) {
    return ticket(till().claim(claim(signed, new Occasion.Errand(), units, units, BLOCK, LEASE)));
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
    assertThat(found(ticket).occasion()).satisfies(TillContract::isAnswered);
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
    boolean confirmed = till().confirm(payment, block(BLOCK));

    // Then
    assertThat(confirmed).isTrue();
    assertThat(found(payment).state()).isEqualTo(new PaymentState.Settled(settlement(BLOCK), true));
    assertThat(till().confirm(payment, block(BLOCK))).isFalse();
    assertThat(till().reopen(payment, block(BLOCK))).isFalse();
  }

  @Test
  public void aDecisionIsNotConfirmedByAnotherBlock() {
    // Given
    var payment = settled(transfer(10), BLOCK);

    // When
    boolean confirmed = till().confirm(payment, block(BLOCK + 1));

    // Then
    assertThat(confirmed).isFalse();
  }

  @Test
  public void provisionalDecisionsComeOldestBlockFirst() {
    // Given
    var young = settled(transfer(10), BLOCK + 9);
    var old = answered(transfer(10), BLOCK + 9);
    till().voidFor(old, "authorization_cancelled", block(BLOCK - 9));
    var sure = settled(transfer(10), BLOCK + 10, BLOCK + 9);
    till().confirm(sure, block(BLOCK + 10));
    answered(transfer(10), BLOCK + 10);

    // When
    var provisional = till().provisional(ALL).stream().filter(this::isOurs).map(Payment::id);

    // Then
    assertThat(provisional).containsExactly(old.id(), young.id());
  }

  @Test
  public void anAnswerIsForgottenAfterItsRetention() {
    // Given
    var ticket = claimed(transfer(10), 10);
    till().keepAnswer(ticket, SEALED, DELIVERY, BigInteger.TEN, OVER, LEASE);

    // When
    var answer = till().answer(ticket.id());
    int droppedWhileUndecided = till().dropExpiredAnswers();
    till().settle(found(ticket), settlement(BLOCK), Optional.of("receipt"));
    int dropped = till().dropExpiredAnswers();

    // Then
    assertThat(answer).isEmpty();
    assertThat(droppedWhileUndecided).isZero();
    assertThat(dropped).isEqualTo(1);
    assertThat(found(ticket).occasion()).satisfies(TillContract::isAnswered);
  }

  @Test
  public void rule66ANameStandsForThePaymentThatWasGivenItFirst() {
    // Given
    var first = claimed(transfer(10), 100).id();
    var second = claimed(transfer(10), 100).id();
    var name = callName();

    // When
    boolean isFirsts = till().name(name, named(first), DAY);
    boolean isSeconds = till().name(name, named(second), DAY);
    boolean isFirstsStill = till().name(name, named(first), DAY);

    // Then
    assertThat(List.of(isFirsts, isSeconds, isFirstsStill)).containsExactly(true, false, true);
    assertThat(till().named(name)).contains(named(first));
  }

  @Test
  public void rule66OfFiftyPaymentsOneGetsTheName() throws Exception {
    // Given
    var name = callName();

    // When
    var outcomes = atOnce(50, _ -> till().name(name, named(claimed(transfer(1), 1000).id()), DAY));

    // Then
    assertThat(outcomes).containsOnlyOnce(true);
  }

  @Test
  public void aReleasedPaymentGivesItsNameBack() {
    // Given
    var first = claimed(transfer(10), 100);
    var second = claimed(transfer(10), 100).id();
    var name = callName();
    till().name(name, named(first.id()), DAY);
    till().release(first);

    // When
    boolean isSeconds = till().name(name, named(second), DAY);

    // Then
    assertThat(isSeconds).isTrue();
    assertThat(till().named(name)).contains(named(second));
  }

  @Test
  public void namesOfAnotherPayerAndAnotherListingAreOthers() {
    // Given
    var name = callName();
    var others =
        List.of(
            new CallName(Address.of(random(20)), name.listing(), name.id()),
            new CallName(payer, new ListingId(name.listing().value() + 1), name.id()));

    // When
    till().name(name, named(claimed(transfer(10), 100).id()), DAY);

    // Then
    assertThat(others)
        .allSatisfy(other -> assertThat(till().named(other)).isEmpty())
        .allSatisfy(
            other ->
                assertThat(till().name(other, named(claimed(transfer(10), 100).id()), DAY))
                    .isTrue());
  }

  @Test
  public void aNameIsForgottenWhenItsTimeIsOver() {
    // Given
    var name = callName();
    till().name(name, named(claimed(transfer(10), 100).id()), OVER);
    var next = named(claimed(transfer(10), 100).id());

    // When
    var before = till().named(name);
    boolean isNexts = till().name(name, next, DAY);

    // Then
    assertThat(before).isEmpty();
    assertThat(isNexts).isTrue();
    assertThat(till().named(name)).contains(next);
  }

  @Test
  public void aServedPaymentIsFoundByItsPayerItsListingAndItsRequest() {
    // Given
    var payment = settled(transfer(10), BLOCK);
    var listing = CALL.purchase().listing();
    var request = CALL.request();
    var otherListing = new ListingId(listing.value() + 1);
    var otherRequest =
        new RequestDigest(request.method(), request.target() + "&y=2", request.bodySha256());

    // Then
    assertThat(till().served(payer, listing, request)).contains(payment);
    assertThat(till().served(Address.of(random(20)), listing, request)).isEmpty();
    assertThat(till().served(payer, otherListing, request)).isEmpty();
    assertThat(till().served(payer, listing, otherRequest)).isEmpty();
  }

  @Test
  public void whatCameToNothingWasNotServed() {
    // Given
    var released = claimed(transfer(10), 100);
    till().release(released);
    var spoiled = answered(transfer(10));
    till().voidFor(spoiled, "authorization_cancelled", block(BLOCK));

    // Then
    assertThat(till().served(payer, CALL.purchase().listing(), CALL.request())).isEmpty();
  }

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
    assertThat(found(paid).occasion()).satisfies(TillContract::isAnswered);
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

  private void pass(Payment paid) {
    assertThat(till().passTurn(till().takeTurn(paid.id(), LEASE).orElseThrow().ticket())).isTrue();
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
    boolean confirmed = till().confirm(paid, block(BLOCK));

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

  private CallName callName() {
    return new CallName(payer, new ListingId(7), new CallId("a-name-for-this-call"));
  }

  private static NamedPayment named(PaymentId payment) {
    return new NamedPayment(DELIVERY.bodySha256(), payment);
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

  private Claim.Outcome claimOf(long units, long balance) {
    return till().claim(claim(transfer(units), balance));
  }

  protected final Claim claim(SignedPayment signed, long balance) {
    return claim(signed, balance, BLOCK, LEASE);
  }

  protected final Claim claim(
      SignedPayment signed, long balance, long balanceBlock, Duration lease) {
    return claim(signed, balance, balance, balanceBlock, lease);
  }

  /** What Permit2 moves is allowed as far as {@code allowance}. */
  private Claim claim(
      SignedPayment signed, long balance, long allowance, long balanceBlock, Duration lease) {
    return claim(signed, CALL, balance, allowance, balanceBlock, lease);
  }

  private static Claim claim(
      SignedPayment signed,
      Occasion occasion,
      long balance,
      long allowance,
      long balanceBlock,
      Duration lease) {
    var allowed =
        signed instanceof SignedPermit
            ? Optional.of(BigInteger.valueOf(allowance))
            : Optional.<BigInteger>empty();
    return new Claim(
        signed,
        Optional.empty(),
        occasion,
        new Funds(BigInteger.valueOf(balance), allowed, balanceBlock),
        balanceBlock - 20,
        lease);
  }

  protected final Ticket claimed(SignedPayment signed, long balance) {
    return ticket(till().claim(claim(signed, balance)));
  }

  protected static Ticket ticket(Claim.Outcome outcome) {
    assertThat(outcome).isInstanceOf(Claim.Outcome.Claimed.class);
    return ((Claim.Outcome.Claimed) outcome).ticket();
  }

  /** At the full price. */
  protected final boolean keep(Ticket ticket) {
    return keep(ticket, found(ticket).signed().amount().units());
  }

  private boolean keep(Ticket ticket, BigInteger charged) {
    return till().keepAnswer(ticket, SEALED, DELIVERY, charged, DAY, LEASE);
  }

  protected final boolean giveAway(Ticket ticket) {
    return till().giveAway(ticket, SEALED, DELIVERY, Optional.of("receipt"), DAY);
  }

  /** Claimed at a balance that covers anything, and answered. */
  protected final Payment answered(SignedPayment signed) {
    return answered(signed, BLOCK);
  }

  private Payment answered(SignedPayment signed, long balanceBlock) {
    var ticket = ticket(till().claim(claim(signed, 1_000_000, balanceBlock, LEASE)));
    assertThat(keep(ticket)).isTrue();
    return found(ticket);
  }

  private Payment settled(SignedPayment signed, long block) {
    return settled(signed, block, BLOCK);
  }

  private Payment settled(SignedPayment signed, long block, long balanceBlock) {
    var payment = answered(signed, balanceBlock);
    assertThat(till().settle(payment, settlement(block), Optional.of("receipt"))).isTrue();
    return found(payment);
  }

  private Payment found(Ticket ticket) {
    return till().find(ticket.id()).orElseThrow();
  }

  private Payment found(Payment payment) {
    return till().find(payment.id()).orElseThrow();
  }

  private List<Till.Leased> takeOver() {
    return takeOver(ALL);
  }

  private List<Till.Leased> takeOver(int limit) {
    return till().takeOver(limit, LEASE).stream()
        .filter(leased -> isOurs(leased.payment()))
        .toList();
  }

  private boolean isOurs(Payment payment) {
    return payment.signed().payer().equals(payer);
  }

  protected final SignedTransfer transfer(long units) {
    return transfer(DOLLAR, units, randomBytes32());
  }

  private SignedTransfer transfer(Asset asset, long units, Bytes32 nonce) {
    return new SignedTransfer(
        TokenAmount.of(asset, units),
        payer,
        PAY_TO,
        BigInteger.ZERO,
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
        nonce,
        Bytes.wrap(random(65)));
  }

  protected final SignedPermit exact(long units) {
    return permit(DOLLAR, units, new Witness.Exact(PAY_TO, BigInteger.TWO), randomBytes32());
  }

  protected final SignedPermit upto(long units) {
    return permit(DOLLAR, units, upto(), randomBytes32());
  }

  private static Witness upto() {
    return new Witness.Upto(PAY_TO, Address.of(random(20)), BigInteger.TWO);
  }

  private SignedPermit permit(Asset asset, long units, Witness witness, Bytes32 nonce) {
    return new SignedPermit(
        TokenAmount.of(asset, units),
        payer,
        Address.of(random(20)),
        nonce.toUnsigned(),
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
        witness,
        Bytes.wrap(random(97)));
  }

  protected static Settlement settlement(long block) {
    return new Settlement(new TxHash(word(block + 1)), block(block));
  }

  protected static BlockRef block(long number) {
    return new BlockRef(number, word(number));
  }

  private static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }

  private static Asset asset(String token) {
    return new Asset(new ChainId(31337), Address.parse(token));
  }

  protected static Bytes32 randomBytes32() {
    return Bytes32.of(random(32));
  }

  private static byte[] random(int length) {
    Random random = ThreadLocalRandom.current();
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void isAnswered(Occasion occasion) {
    assertThat(occasion)
        .isEqualTo(new Occasion.Call(CALL.purchase(), CALL.request(), Optional.of(DELIVERY)));
  }

  private static Consumer<byte[]> isEqualTo(byte[] expected) {
    return actual -> assertThat(Arrays.equals(actual, expected)).isTrue();
  }

  private static Map<String, Long> kinds(List<Claim.Outcome> outcomes) {
    return outcomes.stream()
        .collect(groupingBy(outcome -> outcome.getClass().getSimpleName(), counting()));
  }

  protected static <T> List<T> atOnce(int times, IntFunction<T> action)
      throws InterruptedException, ExecutionException {
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
