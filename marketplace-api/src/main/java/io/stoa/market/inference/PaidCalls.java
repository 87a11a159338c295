package io.stoa.market.inference;

import static java.lang.System.Logger.Level.ERROR;

import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.market.provider.EndpointGuard;
import io.stoa.payments.Admission;
import io.stoa.payments.Cashier;
import io.stoa.payments.Presented;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.exact.ExactEip3009;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Serves paid calls, each on a virtual thread of its own: payment in, provider asked, answer kept,
 * payment settled, answer out. A buyer who hangs up changes nothing of this.
 */
final class PaidCalls {
  private static final System.Logger LOG = System.getLogger(PaidCalls.class.getName());

  /** Room for settling, after the provider has used all of its time. */
  private static final Duration SETTLING = Duration.ofSeconds(12);

  private final Cashier cashier;
  private final EndpointGuard guard;
  private final ProviderClient providers;
  private final RequestSigner signer;
  private final Replies replies;
  private final Executor virtualThreads;
  private final Duration providerTimeout;
  private final Clock clock;

  PaidCalls(
      Cashier cashier,
      EndpointGuard guard,
      ProviderClient providers,
      RequestSigner signer,
      Replies replies,
      Executor virtualThreads,
      Duration providerTimeout,
      Clock clock) {
    this.cashier = cashier;
    this.guard = guard;
    this.providers = providers;
    this.signer = signer;
    this.replies = replies;
    this.virtualThreads = virtualThreads;
    this.providerTimeout = providerTimeout;
    this.clock = clock;
  }

  void serve(PaidCall call) {
    virtualThreads.execute(
        () -> {
          try {
            pay(call);
          } catch (MalformedPayment malformed) {
            replies.malformed(call.context(), call.required(), malformed);
          } catch (MarketException failure) {
            replies.problem(call.context(), failure);
          } catch (RuntimeException bug) {
            LOG.log(ERROR, "paid call failed", bug);
            replies.failed(call.context());
          }
        });
  }

  private void pay(PaidCall call) throws MalformedPayment {
    if (!call.payload().accepted().scheme().equals(ExactEip3009.SCHEME)) {
      replies.refused(call.context(), call.required(), "unsupported_scheme");
      return;
    }
    var transfer = ExactEip3009.read(call.payload());
    var deadline = clock.instant().plus(providerTimeout).plus(SETTLING);
    var chosen = call.sale().find(call.payload(), call.limits());
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
      reply = ask(call, terms.endpoint().url());
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
      case ProviderReply.Declined(var answer) -> {
        cashier.release(admitted.ticket());
        replies.declined(call.context(), answer);
      }
      case ProviderReply.Failed(var code, var message) -> {
        cashier.release(admitted.ticket());
        replies.problem(
            call.context(),
            new MarketException.ProviderFailed(code, message + " Nothing was charged."));
      }
    }
  }

  private ProviderReply ask(PaidCall call, URI base) {
    var request = call.context().request();
    var url = call.target().at(base, request.query());
    return switch (guard.check(url)) {
      case EndpointGuard.Verdict.Refused(var reason) ->
          new ProviderReply.Failed("provider-endpoint-refused", reason);
      case EndpointGuard.Verdict.Open(var address) -> {
        var headers = PassedHeaders.toProvider(request.headers());
        headers.addAll(signer.sign(request.method().name(), url, call.body().getBytes()));
        yield await(providers.ask(url, address, request.method().name(), headers, call.body()));
      }
    };
  }

  private static ProviderReply await(io.vertx.core.Future<ProviderReply> reply) {
    try {
      return reply.toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while a provider worked", interrupted);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Presented presented(
      PaidCall call, SignedTransfer transfer, Optional<Sale.Chosen> chosen) {
    var request = call.context().request();
    var digest =
        new RequestDigest(
            request.method().name(), request.uri(), Bytes32.sha256(call.body().getBytes()));
    var match =
        chosen.map(
            found ->
                new Presented.Match(
                    found.requirements(),
                    found.option().domain(),
                    found.terms().purchase(),
                    providerTimeout.plus(SETTLING)));
    return new Presented(transfer, digest, match);
  }
}
