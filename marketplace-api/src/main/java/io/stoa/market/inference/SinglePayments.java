package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.payments.Admission;
import io.stoa.payments.Cashier;
import io.stoa.payments.Presented;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.exact.ExactEip3009;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Calls that each bring a payment of their own: payment in, provider asked, answer kept, payment
 * settled, answer out. A buyer who hangs up changes nothing of this.
 */
final class SinglePayments {
  /** Room for settling, after the provider has used all of its time. */
  private static final Duration SETTLING = Duration.ofSeconds(12);

  private final Cashier cashier;
  private final Upstream upstream;
  private final Replies replies;
  private final Duration providerTimeout;
  private final Clock clock;

  SinglePayments(
      Cashier cashier, Upstream upstream, Replies replies, Duration providerTimeout, Clock clock) {
    this.cashier = cashier;
    this.upstream = upstream;
    this.replies = replies;
    this.providerTimeout = providerTimeout;
    this.clock = clock;
  }

  void serve(PaidCall call) throws MalformedPayment {
    var transfer = ExactEip3009.read(call.payload());
    var deadline = clock.instant().plus(providerTimeout).plus(SETTLING);
    var chosen = call.chosen();
    switch (cashier.admit(presented(call, transfer, chosen), deadline)) {
      case Admission.Admitted admitted -> buy(call, chosen.orElseThrow().terms(), admitted);
      case Admission.Delivered delivered -> replies.delivered(call.context(), delivered);
      case Admission.Refused(var reason) ->
          replies.refused(call.context(), call.required(), reason);
      case Admission.Voided voided -> replies.voided(call.context(), call.required(), voided);
      case Admission.Undecided(var id) -> replies.undecided(call.context(), id);
      case Admission.UsedElsewhere(var id) ->
          replies.problem(
              call.context(),
              new MarketException.Conflict(
                  "payment-used", "Payment " + id + " was settled for another request."));
      case Admission.Forgotten(var id) ->
          replies.problem(
              call.context(),
              new MarketException.Conflict(
                  "answer-expired",
                  "Payment " + id + " was settled; its answer is not kept any more."));
    }
  }

  private void buy(PaidCall call, Sale.Terms terms, Admission.Admitted admitted) {
    ProviderReply reply;
    try {
      reply = upstream.ask(call, terms.endpoint().url());
    } catch (RuntimeException failure) {
      cashier.release(admitted.ticket());
      throw failure;
    }
    switch (reply) {
      case ProviderReply.Complete(var answer) -> {
        var deadline = clock.instant().plus(SETTLING);
        switch (cashier.deliver(admitted, answer, deadline)) {
          case Admission.Delivered delivered -> replies.delivered(call.context(), delivered);
          case Admission.Voided voided -> replies.voided(call.context(), call.required(), voided);
          case Admission.Undecided(var id) -> replies.undecided(call.context(), id);
        }
      }
      case ProviderReply.Streaming _ ->
          throw new IllegalStateException("streamed although it is settled before the reply");
      case ProviderReply.Declined(var answer) -> {
        cashier.release(admitted.ticket());
        replies.declined(call.context(), answer);
      }
      case ProviderReply.Failed failed -> {
        cashier.release(admitted.ticket());
        replies.failed(call.context(), failed);
      }
    }
  }

  private Presented presented(
      PaidCall call, SignedTransfer transfer, Optional<Sale.Chosen> chosen) {
    var match =
        chosen.map(
            found ->
                new Presented.Match(
                    found.requirements(),
                    found.option().domain(),
                    found.terms().purchase(),
                    providerTimeout.plus(SETTLING)));
    return new Presented(transfer, call.request(), match);
  }
}
