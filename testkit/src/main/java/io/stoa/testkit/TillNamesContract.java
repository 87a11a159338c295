package io.stoa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.CallName;
import io.stoa.persistence.till.NamedPayment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which payment a name, or a request, stands for. */
public abstract class TillNamesContract extends TillCustomer {
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

  private CallName callName() {
    return new CallName(payer, new ListingId(7), new CallId("a-name-for-this-call"));
  }

  private static NamedPayment named(PaymentId payment) {
    return new NamedPayment(DELIVERY.bodySha256(), payment);
  }
}
