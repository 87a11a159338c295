package io.stoa.market.inference;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.extension.PaymentBinding;
import io.stoa.x402.extension.PaymentIdentifier;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A request that came with a payment, read completely, before anything was verified.
 *
 * @param limits what it may need at most, where its price depends on that
 * @param required what is asked of it
 */
record PaidCall(
    Caller caller,
    Sale sale,
    Usage limits,
    PaymentRequired required,
    PaymentPayload payload,
    Buffer body) {

  RequestDigest digest() {
    return caller.request().digest(body);
  }

  /** What the buyer calls it, if anything; fails when that is no name. */
  Optional<CallId> name() throws MalformedPayment {
    return PaymentIdentifier.read(payload);
  }

  /**
   * The digest of what makes it this call and no other. A name stands for all that was sent under
   * it; without one, what a buyer says beside the payment does not count, since much of it is new
   * in every 402.
   */
  Bytes32 binding(RequestDigest request) throws MalformedPayment {
    var meant =
        name().isPresent()
            ? payload
            : new PaymentPayload(
                payload.accepted(), payload.payload(), payload.resourceUrl(), HeaderCodec.object());
    return PaymentBinding.of(meant, request);
  }

  /** Why the payment is not for this request: the reason code. */
  Optional<String> objection() {
    return sale.objection(caller.advertised(required), caller.request().asked(), payload);
  }

  /** The option that the buyer chose, if it still holds. */
  Optional<Sale.Chosen> chosen() {
    return sale.find(payload, limits);
  }
}
