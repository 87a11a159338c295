package io.stoa.market.inference;

import io.stoa.domain.ChainId;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.v1.V1Networks;
import io.stoa.x402.v1.V1Outcome;
import io.stoa.x402.v1.V1Terms;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What buyers get that speak only version 1 of x402, where it has a name for the chain. */
@Singleton
final class VersionOne {
  private final boolean isSpoken;

  VersionOne(ChainId chain, InferenceConfig config) {
    this.isSpoken = config.v1() && V1Networks.name(chain).isPresent();
  }

  /** The payment that came with a request that has none of version 2; empty means there is none. */
  List<String> payments(HttpServerRequest request) {
    return isSpoken && !request.headers().contains(X402.PAYMENT_SIGNATURE)
        ? request.headers().getAll(X402.X_PAYMENT)
        : List.of();
  }

  /** The body of a 402, for version 1 reads no header; empty when it can pay for nothing here. */
  Optional<byte[]> terms(PaymentRequired required) {
    return isSpoken
        ? V1Terms.of(required).map(terms -> terms.toString().getBytes(StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /** Tells who paid by version 1 how that ended. */
  void tell(HttpServerRequest request, HttpServerResponse response, SettlementResponse outcome) {
    if (!payments(request).isEmpty()) {
      response.putHeader(X402.X_PAYMENT_RESPONSE, V1Outcome.header(outcome));
    }
  }
}
