package io.stoa.market.inference;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * A request that came with a payment, read completely, before anything was verified.
 *
 * @param limits what it may need at most, where its price depends on that
 * @param required what is asked of it
 */
record PaidCall(
    RoutingContext context,
    Target target,
    Sale sale,
    Usage limits,
    PaymentRequired required,
    PaymentPayload payload,
    Buffer body) {

  RequestDigest request() {
    var request = context.request();
    return new RequestDigest(
        request.method().name(), request.uri(), Bytes32.sha256(body.getBytes()));
  }

  /** The option that the buyer chose, if it still holds. */
  Optional<Sale.Chosen> chosen() {
    return sale.find(payload, limits);
  }
}
