package io.stoa.market.inference;

import io.stoa.domain.Bytes;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingPath;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.extension.Bazaar;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Calls that come by another protocol than HTTP below {@code /x/}: they are priced, paid, passed on
 * and answered in the same way.
 */
@Singleton
public final class ToolCalls {
  private final Shelf shelf;
  private final PaidCalls calls;
  private final Meter meter;
  private final Replies replies;

  ToolCalls(Shelf shelf, PaidCalls calls, Meter meter, Replies replies) {
    this.shelf = shelf;
    this.calls = calls;
    this.meter = meter;
    this.replies = replies;
  }

  /**
   * A call.
   *
   * @param resource what a payment for it names: a URL that stands for no other call
   * @param path below the listing, as it is sent to the provider
   * @param body with its media type; without one nothing is sent
   */
  public record ToolCall(
      String resource,
      ListingPath listing,
      String method,
      String path,
      Optional<String> query,
      Optional<Body> body) {

    /** What is sent. */
    public record Body(String mediaType, Bytes bytes) {}

    private Request request() {
      var headers = MultiMap.caseInsensitiveMultiMap();
      body.ifPresent(sent -> headers.add("content-type", sent.mediaType));
      var line = resource + path + query.map(text -> "?" + text).orElse("");
      var target = Target.parse(Target.PREFIX + listing + path);
      return new Request(resource, resource, method, target, query, line, headers);
    }
  }

  /**
   * Blocks until it has ended: call from a virtual thread.
   *
   * @param payment as it came with the call; empty for who asks what it costs
   */
  public CallReply serve(ToolCall call, Optional<Fields> payment) {
    var caller = new WaitingCaller(call.request());
    var body = call.body.map(sent -> Buffer.buffer(sent.bytes.toBytes())).orElseGet(Buffer::buffer);
    try {
      serve(caller, shelf.get(call.listing), body, payment);
    } catch (MarketException failure) {
      replies.problem(caller, failure);
    }
    return caller.await();
  }

  private void serve(WaitingCaller caller, Sale sale, Buffer body, Optional<Fields> payment) {
    var limits = meter.limits(sale, body);
    // Catalogues would take it for the call of a URL.
    var required = sale.required(caller.request().asked(), limits).without(Bazaar.KEY);
    if (payment.isEmpty()) {
      replies.paymentRequired(caller, required);
      return;
    }
    try {
      var payload = PaymentPayload.read(payment.get());
      calls.serve(new PaidCall(caller, sale, limits, required, payload, body));
    } catch (MalformedPayment malformed) {
      replies.malformed(caller, required, malformed);
    }
  }
}
