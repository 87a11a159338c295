package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Usage;
import io.stoa.market.node.Origin;
import io.stoa.market.node.WholeBody;
import io.stoa.market.web.BodyReader;
import io.stoa.market.web.Problem;
import io.stoa.market.web.RequestId;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.X402;
import io.stoa.x402.extension.SignInWithX;
import io.stoa.x402.v1.V1Payment;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  private final HttpCallers callers;
  private final VersionOne versionOne;
  private final Origin origin;
  private final CallThreads aside = new CallThreads("large-body", MOST_LARGE_BODIES);
  private final BodyReader bodies;

  Gateway(
      Shelf shelf,
      PaidCalls calls,
      Replies replies,
      Meter meter,
      HttpCallers callers,
      VersionOne versionOne,
      Origin origin,
      InferenceConfig config,
      Vertx vertx) {
    this.shelf = shelf;
    this.calls = calls;
    this.replies = replies;
    this.meter = meter;
    this.callers = callers;
    this.versionOne = versionOne;
    this.origin = origin;
    this.bodies =
        new BodyReader(
            vertx,
            WholeBody.bytes("stoa.inference.max-request-body", config.maxRequestBody()),
            BODY_TIME);
  }

  void install(@Observes Router router) {
    router
        .route(Target.PREFIX + "*")
        .handler(
            context -> {
              try {
                serve(context);
              } catch (MarketException failure) {
                callers.problem(context, Problem.of(failure));
              }
            });
  }

  private void serve(RoutingContext context) {
    var received = context.request();
    var target = Target.parse(received.path());
    var sale = shelf.get(target.listing());
    var caller =
        callers.of(
            context,
            new Request(
                RequestId.of(context),
                origin + received.path(),
                received.method().name(),
                target,
                Optional.ofNullable(received.query()),
                received.uri(),
                received.headers()));
    var headers = received.headers().getAll(X402.PAYMENT_SIGNATURE);
    var ofVersionOne = versionOne.payments(received);
    var signedIn = received.headers().getAll(SignInWithX.HEADER);
    if (!headers.isEmpty()) {
      pay(received, caller, sale, one(headers));
    } else if (!ofVersionOne.isEmpty()) {
      payByVersionOne(received, caller, sale, one(ofVersionOne));
    } else if (!signedIn.isEmpty()) {
      read(
          received,
          caller,
          sale,
          body -> calls.serve(caller, sale, required(caller, sale, body), one(signedIn), body),
          () -> tooLarge(caller));
    } else if (sale.isMetered()) {
      read(
          received,
          caller,
          sale,
          body -> replies.paymentRequired(caller, required(caller, sale, body)),
          () -> replies.paymentRequired(caller, required(caller, sale)));
    } else {
      replies.paymentRequired(caller, required(caller, sale));
    }
  }

  private static String one(List<String> headers) {
    return headers.size() == 1 ? headers.getFirst() : "";
  }

  private void pay(HttpServerRequest received, Caller caller, Sale sale, String header) {
    try {
      var payload = PaymentPayload.read(header);
      read(
          received,
          caller,
          sale,
          body -> {
            var limits = meter.limits(sale, body);
            var required = sale.required(caller.request().asked(), limits);
            calls.serve(new PaidCall(caller, sale, limits, required, payload, body));
          },
          () -> tooLarge(caller));
    } catch (MalformedPayment malformed) {
      replies.malformed(caller, required(caller, sale), malformed);
    }
  }

  /** What it pays for is found among what is on sale, and so after the body. */
  private void payByVersionOne(
      HttpServerRequest received, Caller caller, Sale sale, String header) {
    read(
        received,
        caller,
        sale,
        body -> {
          var limits = meter.limits(sale, body);
          var required = sale.required(caller.request().asked(), limits);
          try {
            var payload = V1Payment.read(header, sale.payable(limits));
            calls.serve(new PaidCall(caller, sale, limits, required, payload, body));
          } catch (MalformedPayment malformed) {
            replies.malformed(caller, required, malformed);
          }
        },
        () -> tooLarge(caller));
  }

  private PaymentRequired required(Caller caller, Sale sale, Buffer body) {
    return sale.required(caller.request().asked(), meter.limits(sale, body));
  }

  private static PaymentRequired required(Caller caller, Sale sale) {
    return sale.required(caller.request().asked(), Usage.NOTHING);
  }

  private void tooLarge(Caller caller) {
    replies.problem(
        caller,
        new MarketException.TooLarge(
            "body-too-large", "The body is larger than " + bodies.most() + " bytes."));
  }

  private void read(
      HttpServerRequest received,
      Caller caller,
      Sale sale,
      Consumer<Buffer> whole,
      Runnable tooLarge) {
    bodies.read(
        received,
        body -> {
          if (sale.isMetered() && body.length() > SMALL_BODY) {
            replies.answering(caller, aside, () -> whole.accept(body));
          } else {
            whole.accept(body);
          }
        },
        fault -> {
          switch (fault) {
            case TOO_LARGE -> tooLarge.run();
            case TOO_SLOW -> replies.tooSlow(caller);
          }
        });
  }
}
