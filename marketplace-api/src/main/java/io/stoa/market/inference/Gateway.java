package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Usage;
import io.stoa.market.node.NodeConfig;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.X402;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.Consumer;

/**
 * The door of {@code /x/{provider}/{service}/…}. Runs on the event loop: answers unpaid requests
 * from memory, reads paid ones and hands them over. A body is looked at only where the price
 * depends on it, and whatever is wrong with it comes after the payment.
 */
@Singleton
final class Gateway {
  private final Shelf shelf;
  private final PaidCalls calls;
  private final Replies replies;
  private final Meter meter;
  private final String origin;
  private final int maxBody;

  Gateway(
      Shelf shelf,
      PaidCalls calls,
      Replies replies,
      Meter meter,
      NodeConfig node,
      InferenceConfig config) {
    this.shelf = shelf;
    this.calls = calls;
    this.replies = replies;
    this.meter = meter;
    this.origin = node.publicUrl().toString().replaceFirst("/$", "");
    this.maxBody = Math.toIntExact(config.maxRequestBody().asLongValue());
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
    var sale =
        shelf
            .find(target.listing())
            .orElseThrow(
                () ->
                    new MarketException.NotFound(
                        "listing-unknown", target.listing() + " is not for sale here."));
    var asked = new Sale.Asked(origin + request.path(), request.method().name(), target.rest());
    var headers = request.headers().getAll(X402.PAYMENT_SIGNATURE);
    if (!headers.isEmpty()) {
      pay(context, target, sale, asked, headers.size() == 1 ? headers.getFirst() : "");
    } else if (sale.isMetered()) {
      read(
          context,
          body -> replies.paymentRequired(context, sale.required(asked, limits(sale, body))),
          () -> replies.paymentRequired(context, sale.required(asked, Usage.NOTHING)));
    } else {
      replies.paymentRequired(context, sale.required(asked, Usage.NOTHING));
    }
  }

  private void pay(
      RoutingContext context, Target target, Sale sale, Sale.Asked asked, String header) {
    try {
      var payload = PaymentPayload.read(header);
      read(
          context,
          body -> {
            var limits = limits(sale, body);
            var required = sale.required(asked, limits);
            sale.objection(required, asked, payload)
                .ifPresentOrElse(
                    reason -> replies.refused(context, required, reason),
                    () ->
                        calls.serve(
                            new PaidCall(context, target, sale, limits, required, payload, body)));
          },
          () ->
              replies.problem(
                  context,
                  new MarketException.TooLarge(
                      "body-too-large", "The body is larger than " + maxBody + " bytes.")));
    } catch (MalformedPayment malformed) {
      replies.malformed(context, sale.required(asked, Usage.NOTHING), malformed);
    }
  }

  private Usage limits(Sale sale, Buffer body) {
    return sale.isMetered() ? meter.limits(body.getBytes()) : Usage.NOTHING;
  }

  /** Collects the body, no more of it than allowed. */
  private void read(RoutingContext context, Consumer<Buffer> whole, Runnable tooLarge) {
    HttpServerRequest request = context.request();
    var body = Buffer.buffer();
    request.handler(
        part -> {
          if (body.length() <= maxBody) {
            body.appendBuffer(part);
          }
        });
    request.endHandler(
        end -> {
          if (body.length() > maxBody) {
            tooLarge.run();
          } else {
            whole.accept(body);
          }
        });
    request.resume();
  }
}
