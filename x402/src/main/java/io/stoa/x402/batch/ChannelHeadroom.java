package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentIdentifier;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;

/**
 * Extension {@code channel-headroom}: a payer may sign for more than the call at hand, so that one
 * voucher pays for many calls, and calls run side by side.
 */
public final class ChannelHeadroom {
  public static final String EXTENSION = "channel-headroom";

  private ChannelHeadroom() {}

  /** What a server advertises that understands it. */
  public static ObjectNode advertised() {
    var json = HeaderCodec.object();
    json.putObject("info").put("version", "1");
    json.putObject("schema")
        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
        .put("type", "object");
    return json;
  }

  /**
   * By which rule a payment is meant. Buyers that know nothing of the extension echo it all the
   * same; what tells the others apart is that they name their call: a voucher is no name.
   */
  public static CeilingRule rule(PaymentRequired offered, PaymentPayload payment)
      throws MalformedPayment {
    return offered.extensions().has(EXTENSION)
            && payment.extensions().path(EXTENSION).isObject()
            && PaymentIdentifier.read(payment).isPresent()
        ? CeilingRule.HEADROOM
        : CeilingRule.LITERAL;
  }
}
