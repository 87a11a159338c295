package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Usage;
import io.stoa.market.node.NodeConfig;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.X402;
import io.stoa.x402.extension.SignInWithX;
import io.stoa.x402.v1.V1Payment;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The door of {@code /x/{provider}/{service}/…}. Runs on the event loop: answers unpaid requests
 * from memory, reads paid ones and hands them over; what takes longer goes aside. A body is looked
 * at only where the price depends on it, and whatever is wrong with it comes after the payment.
 */
@Singleton
final class Gateway {
  /** How long a body may take to arrive. */
  private static final Duration BODY_TIME = Duration.ofSeconds(30);

  /** Bodies up to this size are looked through faster than a thread is found for it. */
  private static final int SMALL_BODY = 16 * 1024;

  private static final int MOST_LARGE_BODIES = 256;

  private final Shelf shelf;
  private final PaidCalls calls;
  private final Replies replies;
  private final Meter meter;
  private final SignInWithX signIns;
  private final VersionOne versionOne;
  private final String origin;
  private final CallThreads aside = new CallThreads("large-body", MOST_LARGE_BODIES);
  private final BodyReader bodies;

  Gateway(
      Shelf shelf,
      PaidCalls calls,
      Replies replies,
      Meter meter,
      SignInWithX signIns,
      VersionOne versionOne,
      NodeConfig node,
      InferenceConfig config,
      Vertx vertx) {
    this.shelf = shelf;
    this.calls = calls;
    this.replies = replies;
    this.meter = meter;
    this.signIns = signIns;
    this.versionOne = versionOne;
    this.origin = node.publicUrl().toString().replaceFirst("/$", "");
    this.bodies =
        new BodyReader(vertx, Math.toIntExact(config.maxRequestBody().asLongValue()), BODY_TIME);
  }

  void install(@Observes Router router) {
    router
        .route(Target.PREFIX + "*")
        .handler(
            context -> {
              try {
                serve(context);
              } catch (MarketException failure) {
                replies.problem(context, failure);
              }
            });
  }

  private void serve(RoutingContext context) {
    var request = context.request();
    var target = Target.parse(request.path());
    var sale = shelf.find(target.listing()).orElseThrow(() -> missing(target.listing()));
    var asked = new Sale.Asked(origin + request.path(), request.method().name(), target.rest());
    var headers = request.headers().getAll(X402.PAYMENT_SIGNATURE);
    var ofVersionOne = versionOne.payments(request);
    var signedIn = request.headers().getAll(SignInWithX.HEADER);
    if (!headers.isEmpty()) {
      pay(context, target, sale, asked, one(headers));
    } else if (!ofVersionOne.isEmpty()) {
      payByVersionOne(context, target, sale, asked, one(ofVersionOne));
    } else if (!signedIn.isEmpty()) {
      read(
          context,
          sale,
          body ->
              calls.serve(
                  context, sale, sale.required(asked, limits(sale, body)), one(signedIn), body),
          () -> tooLarge(context));
    } else if (sale.isMetered()) {
      read(
          context,
          sale,
          body -> replies.paymentRequired(context, sale.required(asked, limits(sale, body))),
          () -> replies.paymentRequired(context, sale.required(asked, Usage.NOTHING)));
    } else {
      replies.paymentRequired(context, sale.required(asked, Usage.NOTHING));
    }
  }

  private static String one(List<String> headers) {
    return headers.size() == 1 ? headers.getFirst() : "";
  }

  /** Who paid before this instance started must not be told that there is nothing to be had. */
  private MarketException missing(ListingPath listing) {
    return shelf.isStocked()
        ? new MarketException.NotFound("listing-unknown", listing + " is not for sale here.")
        : new MarketException.Unavailable(
            "not-stocked", "This instance has just started: ask again.", null);
  }

  private void pay(
      RoutingContext context, Target target, Sale sale, Sale.Asked asked, String header) {
    try {
      var payload = PaymentPayload.read(header);
      read(
          context,
          sale,
          body -> {
            var limits = limits(sale, body);
            var required = sale.required(asked, limits);
            admit(new PaidCall(context, target, sale, limits, required, payload, body), asked);
          },
          () -> tooLarge(context));
    } catch (MalformedPayment malformed) {
      replies.malformed(context, sale.required(asked, Usage.NOTHING), malformed);
    }
  }

  /** What it pays for is found among what is on sale, and so after the body. */
  private void payByVersionOne(
      RoutingContext context, Target target, Sale sale, Sale.Asked asked, String header) {
    read(
        context,
        sale,
        body -> {
          var limits = limits(sale, body);
          var required = sale.required(asked, limits);
          try {
            var payload = V1Payment.read(header, sale.payable(limits));
            admit(new PaidCall(context, target, sale, limits, required, payload, body), asked);
          } catch (MalformedPayment malformed) {
            replies.malformed(context, required, malformed);
          }
        },
        () -> tooLarge(context));
  }

  private void admit(PaidCall call, Sale.Asked asked) {
    var signIn = signIns.terms(call.context().request().path());
    call.sale()
        .objection(call.required().with(SignInWithX.KEY, signIn), asked, call.payload())
        .ifPresentOrElse(
            reason -> replies.refused(call.context(), call.required(), reason),
            () -> calls.serve(call));
  }

  private void tooLarge(RoutingContext context) {
    replies.problem(
        context,
        new MarketException.TooLarge(
            "body-too-large", "The body is larger than " + bodies.most() + " bytes."));
  }

  private Usage limits(Sale sale, Buffer body) {
    return sale.isMetered() ? meter.limits(body.getBytes()) : Usage.NOTHING;
  }

  private void read(RoutingContext context, Sale sale, Consumer<Buffer> whole, Runnable tooLarge) {
    bodies.read(
        context.request(),
        body -> {
          if (sale.isMetered() && body.length() > SMALL_BODY) {
            replies.answering(context, aside, () -> whole.accept(body));
          } else {
            whole.accept(body);
          }
        },
        fault -> {
          switch (fault) {
            case TOO_LARGE -> tooLarge.run();
            case TOO_SLOW -> replies.tooSlow(context);
          }
        });
  }
}
