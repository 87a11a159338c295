package io.stoa.x402.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.ChainId;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.v1.V1Networks;
import java.util.Optional;

/**
 * What a server asks a facilitator about: a payment, and what it was asked for.
 *
 * @param version of the protocol that all of it is written in; what was version 1 stands here as
 *     version 2 would have it
 * @param payment what the buyer sent. It also says what the buyer chose, of which nothing counts
 *     but scheme and network: the server decides what it wants
 * @param requirements what the server asked for
 */
public record FacilitatorRequest(
    int version, PaymentPayload payment, PaymentRequirements requirements) {
  /** Longest body that is read, in bytes. */
  public static final int MAX_LENGTH = 64 * 1024;

  private static final String REQUIREMENTS = "invalid_payment_requirements";

  /** Reads a request's body. Unknown members are ignored. */
  public static FacilitatorRequest read(byte[] body) throws MalformedPayment {
    var fields = HeaderCodec.parse(body, MAX_LENGTH);
    int version = version(fields, "");
    var payment = fields.object("paymentPayload");
    if (version(payment, "/paymentPayload") != version) {
      throw new MalformedPayment(
          "invalid_x402_version",
          "/paymentPayload/x402Version",
          "/paymentPayload/x402Version differs from /x402Version.");
    }
    return version == X402.VERSION_1
        ? version1(payment, fields.object("paymentRequirements"))
        : new FacilitatorRequest(
            version,
            PaymentPayload.read(payment),
            requirements(fields.object("paymentRequirements"), PaymentRequirements::read));
  }

  private static int version(Fields fields, String place) throws MalformedPayment {
    var version = fields.json().get("x402Version");
    if (version == null
        || !version.isInt()
        || (version.intValue() != X402.VERSION && version.intValue() != X402.VERSION_1)) {
      throw new MalformedPayment(
          "invalid_x402_version",
          place + "/x402Version",
          place + "/x402Version must be the number 2 or 1.");
    }
    return version.intValue();
  }

  /** A payment of version 1 repeats nothing of what it is for but scheme and network. */
  private static FacilitatorRequest version1(Fields payment, Fields asked) throws MalformedPayment {
    var requirements = requirements(asked, FacilitatorRequest::version1);
    var chosen =
        new PaymentRequirements(
            payment.text("scheme"),
            network(payment),
            requirements.amount(),
            requirements.asset(),
            requirements.payTo(),
            requirements.maxTimeoutSeconds(),
            requirements.extra());
    return new FacilitatorRequest(
        X402.VERSION_1,
        new PaymentPayload(
            chosen, payment.object("payload"), Optional.empty(), HeaderCodec.object()),
        requirements);
  }

  private static PaymentRequirements version1(Fields asked) throws MalformedPayment {
    return new PaymentRequirements(
        asked.text("scheme"),
        network(asked),
        asked.uint256("maxAmountRequired"),
        asked.address("asset"),
        asked.address("payTo"),
        asked.number("maxTimeoutSeconds"),
        asked.optionalObject("extra").map(Fields::json).orElseGet(HeaderCodec::object));
  }

  private static ChainId network(Fields fields) throws MalformedPayment {
    var chain = V1Networks.chain(fields.text("network"));
    if (chain.isEmpty()) {
      throw fields.wrong("network", "is none that version 1 has a name for").as("invalid_network");
    }
    return chain.get();
  }

  private static PaymentRequirements requirements(Fields asked, Reader reader)
      throws MalformedPayment {
    try {
      return reader.read(asked);
    } catch (MalformedPayment malformed) {
      throw malformed.reason().equals("invalid_payload") ? malformed.as(REQUIREMENTS) : malformed;
    }
  }

  private interface Reader {
    PaymentRequirements read(Fields fields) throws MalformedPayment;
  }

  /** How the settlement ended, in the version of this request. */
  public ObjectNode json(SettlementResponse response) {
    var json = response.json();
    if (version == X402.VERSION_1) {
      V1Networks.name(response.network()).ifPresent(name -> json.put("network", name));
    }
    return json;
  }
}
