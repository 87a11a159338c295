package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.market.node.NodeConfig;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.X402;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The door of {@code /x/{provider}/{service}/…}. Runs on the event loop: answers unpaid requests
 * from memory, reads paid ones and hands them over. The payment comes before everything else, also
 * before the request is looked at.
 */
@Singleton
final class Gateway {
  private final Shelf shelf;
  private final PaidCalls calls;
  private final Replies replies;
  private final String origin;
  private final int maxBody;

  Gateway(Shelf shelf, PaidCalls calls, Replies replies, NodeConfig node, InferenceConfig config) {
    this.shelf = shelf;
    this.calls = calls;
    this.replies = replies;
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
    var required = sale.required(origin + request.path());
    var headers = request.headers().getAll(X402.PAYMENT_SIGNATURE);
    if (headers.isEmpty()) {
      replies.paymentRequired(context, required);
      return;
    }
    var payload = payload(context, headers.size() == 1 ? headers.getFirst() : "", required);
    if (payload.isPresent()) {
      read(
          context,
          body -> calls.serve(new PaidCall(context, target, sale, required, payload.get(), body)));
    }
  }

  private Optional<PaymentPayload> payload(
      RoutingContext context, String header, PaymentRequired required) {
    try {
      var payload = PaymentPayload.read(header);
      var objection = required.objection(payload);
      if (objection.isPresent()) {
        replies.refused(context, required, objection.get());
        return Optional.empty();
      }
      return Optional.of(payload);
    } catch (MalformedPayment malformed) {
      replies.malformed(context, required, malformed);
      return Optional.empty();
    }
  }

  /** Collects the body, no more of it than allowed. */
  private void read(RoutingContext context, Consumer<Buffer> whole) {
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
            replies.problem(
                context,
                new MarketException.TooLarge(
                    "body-too-large", "The body is larger than " + maxBody + " bytes."));
          } else {
            whole.accept(body);
          }
        });
    request.resume();
  }
}
