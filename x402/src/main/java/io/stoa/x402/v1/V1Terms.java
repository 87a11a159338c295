package io.stoa.x402.v1;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;
import io.stoa.x402.exact.ExactEip3009;
import java.util.Optional;

/** The body of a 402 that tells clients of version 1 what those of version 2 read in a header. */
public final class V1Terms {
  private static final String NO_PAYMENT = X402.X_PAYMENT + " header is required";

  private V1Terms() {}

  /** Empty when nothing that is offered can be paid for with version 1. */
  public static Optional<ObjectNode> of(PaymentRequired required) {
    var payable = required.accepts().stream().filter(V1Terms::isPayable).toList();
    if (payable.isEmpty()) {
      return Optional.empty();
    }
    var error = required.error();
    var json =
        HeaderCodec.object()
            .put("x402Version", X402.VERSION_1)
            .put("error", error.equals(PaymentRequired.NO_PAYMENT) ? NO_PAYMENT : error);
    var options = json.putArray("accepts");
    payable.forEach(option -> options.add(json(option, required.resource())));
    return Optional.of(json);
  }

  /** Whether version 1 has words for this option. */
  static boolean isPayable(PaymentRequirements option) {
    return option.scheme().equals(ExactEip3009.SCHEME)
        && option.assetTransferMethod().equals(PaymentRequirements.EIP_3009)
        && option.extra().path("paymentFlow").asText("authorization").equals("authorization")
        && V1Networks.name(option.network()).isPresent();
  }

  /** Leaves {@code outputSchema} out: some clients refuse it when it is null. */
  private static ObjectNode json(PaymentRequirements option, PaymentRequired.Resource resource) {
    return HeaderCodec.object()
        .put("scheme", option.scheme())
        .put("network", V1Networks.name(option.network()).orElseThrow())
        .put("maxAmountRequired", option.amount().toString())
        .put("asset", option.asset().toString())
        .put("payTo", option.payTo().toString())
        .put("resource", resource.url())
        .put("description", resource.description())
        .put("mimeType", resource.mimeType())
        .put("maxTimeoutSeconds", option.maxTimeoutSeconds())
        .set("extra", option.extra());
  }
}
