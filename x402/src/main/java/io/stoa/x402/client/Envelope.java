package io.stoa.x402.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;

/** What is around every payment on its way to the server. */
final class Envelope {
  private Envelope() {}

  /**
   * The value of {@code PAYMENT-SIGNATURE}.
   *
   * @param payload what the scheme says proves the payment
   * @param extensions echoes and additions
   */
  static String header(
      PaymentRequired required,
      PaymentRequirements chosen,
      ObjectNode payload,
      ObjectNode extensions) {
    var message = HeaderCodec.object().put("x402Version", X402.VERSION);
    message.putObject("resource").put("url", required.resource().url());
    message.set("accepted", chosen.json());
    message.set("payload", payload);
    message.set("extensions", extensions);
    return HeaderCodec.encode(message);
  }
}
