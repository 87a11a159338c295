package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Admission;
import io.stoa.payments.Answer;
import io.stoa.payments.Cashier;
import io.stoa.payments.Presented;
import io.stoa.persistence.till.CallName;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.permit2.Permit2Payments;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Calls that each bring a payment of their own: payment in, provider asked, answer kept, payment
 * settled, answer out; what is paid upfront is settled before the provider is asked. A buyer who
 * hangs up changes nothing of this.
 */
final class SinglePayments {
  /** Room for settling, after the provider has used all of its time. */
  private static final Duration SETTLING = Duration.ofSeconds(12);

  private final Cashier cashier;
  private final Upstream upstream;
  private final Meter meter;
  private final Replies replies;
  private final Duration providerTimeout;
  private final Clock clock;

  SinglePayments(
      Cashier cashier,
      Upstream upstream,
      Meter meter,
      Replies replies,
      Duration providerTimeout,
      Clock clock) {
    this.cashier = cashier;
    this.upstream = upstream;
    this.meter = meter;
    this.replies = replies;
    this.providerTimeout = providerTimeout;
    this.clock = clock;
  }

  void serve(PaidCall call) throws MalformedPayment {
    var deadline = clock.instant().plus(providerTimeout).plus(SETTLING);
    var chosen = call.chosen();
    switch (cashier.admit(presented(call, chosen), deadline)) {
      case Admission.Admitted admitted -> buy(call, chosen.orElseThrow(), admitted);
      case Admission.Paid paid ->
          fulfil(call, chosen.map(Sale.Chosen::terms).orElseGet(call.sale()::current), paid);
      case Admission.Outcome outcome -> reply(call, outcome);
      case Admission.RefundDue due -> replies.refundDue(call.caller(), due);
      case Admission.Refunded(var id) ->
          replies.problem(
              call.caller(),
              new MarketException.Conflict(
                  "payment-refunded", "Payment " + id + " was paid back."));
      case Admission.AllowanceRequired _ ->
          replies.allowanceRequired(call.caller(), call.required());
      case Admission.Refused(var reason) -> replies.refused(call.caller(), call.required(), reason);
      case Admission.UsedElsewhere(var id) ->
          replies.problem(
              call.caller(),
              new MarketException.Conflict(
                  "payment-used", "Payment " + id + " was settled for another request."));
      case Admission.NameTaken _ -> replies.nameTaken(call.caller());
      case Admission.Forgotten(var id) -> replies.forgotten(call.caller(), id);
    }
  }

  private void buy(PaidCall call, Sale.Chosen chosen, Admission.Admitted admitted) {
    ProviderReply reply;
    long start = System.nanoTime();
    try {
      reply = upstream.ask(call, chosen.terms().endpoint().url());
    } catch (RuntimeException failure) {
      cashier.release(admitted.ticket());
      throw failure;
    }
    switch (reply) {
      case ProviderReply.Complete(var answer) -> {
        var usage = usage(chosen, answer, Duration.ofNanos(System.nanoTime() - start));
        var deadline = clock.instant().plus(SETTLING);
        reply(call, cashier.deliver(admitted, answer, price(chosen, usage), usage, deadline));
      }
      case ProviderReply.Streaming _ ->
          throw new IllegalStateException("streamed although it is settled before the reply");
      case ProviderReply.Declined(var answer) -> {
        cashier.release(admitted.ticket());
        call.caller().decline(answer);
      }
      case ProviderReply.Failed failed -> {
        cashier.release(admitted.ticket());
        replies.failed(call.caller(), failed);
      }
    }
  }

  /** The buyer learns of the settlement, whatever the provider answers. */
  private void fulfil(PaidCall call, Sale.Terms terms, Admission.Paid paid) {
    replies.settled(call.caller(), paid.payment(), paid.settlement());
    ProviderReply reply;
    try {
      reply = upstream.ask(call, terms.endpoint().url());
    } catch (RuntimeException failure) {
      cashier.fail(paid);
      throw failure;
    }
    switch (reply) {
      case ProviderReply.Complete(var answer) -> reply(call, cashier.deliver(paid, answer));
      case ProviderReply.Streaming _ ->
          throw new IllegalStateException("streamed although it is kept before the reply");
      case ProviderReply.Declined(var answer) ->
          fail(call, paid, () -> call.caller().decline(answer));
      case ProviderReply.Failed failed ->
          fail(call, paid, () -> replies.failedAlthoughPaid(call.caller(), failed));
    }
  }

  private void fail(PaidCall call, Admission.Paid paid, Runnable reply) {
    cashier.fail(paid).ifPresentOrElse(due -> replies.refundDue(call.caller(), due), reply);
  }

  private void reply(PaidCall call, Admission.Outcome outcome) {
    switch (outcome) {
      case Admission.DeliveredFree free -> replies.deliveredFree(call.caller(), free);
      case Admission.Delivered delivered -> replies.delivered(call.caller(), delivered);
      case Admission.Voided voided -> replies.voided(call.caller(), call.required(), voided);
      case Admission.Undecided(var id) -> replies.undecided(call.caller(), id);
    }
  }

  /** What is asked may be changed by no scheme but {@code upto}. */
  private static boolean isMetered(Sale.Chosen chosen) {
    return chosen.requirements().scheme().equals(Permit2Payments.UPTO);
  }

  private Usage usage(Sale.Chosen chosen, Answer answer, Duration took) {
    return isMetered(chosen) ? meter.count(answer, took) : Usage.NOTHING;
  }

  private static BigInteger price(Sale.Chosen chosen, Usage usage) {
    var most = chosen.requirements().amount();
    return isMetered(chosen) ? chosen.option().offer().charge(usage).min(most) : most;
  }

  private Presented presented(PaidCall call, Optional<Sale.Chosen> chosen) throws MalformedPayment {
    var match =
        chosen.map(
            found ->
                new Presented.Match(
                    found.requirements(),
                    found.option().domain(),
                    found.terms().purchase(),
                    providerTimeout.plus(SETTLING)));
    var request = call.digest();
    var presented = Presented.read(call.payload(), request, match);
    var name = call.name();
    return name.isEmpty()
        ? presented
        : presented.named(
            new Presented.Name(
                new CallName(
                    presented.signed().payer(),
                    call.sale().current().purchase().listing(),
                    name.get()),
                call.binding(request)));
  }
}
