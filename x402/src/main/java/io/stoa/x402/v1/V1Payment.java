package io.stoa.x402.v1;

import io.stoa.domain.ChainId;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;
import io.stoa.x402.exact.ExactEip3009;
import java.util.List;
import java.util.Optional;

/** What a buyer sends to pay with version 1, turned into what version 2 would have carried. */
public final class V1Payment {
  private V1Payment() {}

  /**
   * Reads the header. It does not repeat the option it is for, only scheme and network, so that is
   * found among {@code offers}: the first of the price and payee it signs, else the first on its
   * network, for verification to name what is wrong.
   */
  public static PaymentPayload read(String header, List<PaymentRequirements> offers)
      throws MalformedPayment {
    var fields = HeaderCodec.decode(header);
    version(fields);
    if (!fields.text("scheme").equals(ExactEip3009.SCHEME)) {
      throw new MalformedPayment(
          "unsupported_scheme", "/scheme", "/scheme must be \"exact\" in version 1.");
    }
    var network = network(fields);
    var payload = fields.object("payload");
    return new PaymentPayload(
        accepted(network, payload, offers), payload, Optional.empty(), HeaderCodec.object());
  }

  private static void version(Fields fields) throws MalformedPayment {
    var version = fields.json().get("x402Version");
    if (version == null || !version.isInt() || version.intValue() != X402.VERSION_1) {
      throw new MalformedPayment(
          "invalid_x402_version", "/x402Version", "/x402Version must be the number 1.");
    }
  }

  private static ChainId network(Fields fields) throws MalformedPayment {
    var chain = V1Networks.chain(fields.text("network"));
    if (chain.isEmpty()) {
      throw new MalformedPayment(
          "invalid_network", "/network", "/network is none that version 1 has a name for.");
    }
    return chain.get();
  }

  private static PaymentRequirements accepted(
      ChainId network, Fields payload, List<PaymentRequirements> offers) throws MalformedPayment {
    var onNetwork =
        offers.stream()
            .filter(offer -> offer.network().equals(network) && V1Terms.isPayable(offer))
            .toList();
    if (onNetwork.isEmpty()) {
      throw new MalformedPayment(
          "invalid_payment_requirements", "/network", "Nothing is offered on this /network.");
    }
    var authorization = payload.object("authorization");
    var payTo = authorization.address("to");
    var value = authorization.uint256("value");
    return onNetwork.stream()
        .filter(offer -> offer.payTo().equals(payTo) && offer.amount().equals(value))
        .findFirst()
        .orElse(onNetwork.getFirst());
  }
}
