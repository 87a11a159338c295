package io.stoa.x402;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What a buyer sends to pay.
 *
 * @param accepted the option it chose
 * @param payload what the scheme says proves the payment; read by the scheme
 * @param resourceUrl what it means to pay for, where it says so; signed by nobody
 * @param extensions echoes and additions
 */
public record PaymentPayload(
    PaymentRequirements accepted,
    Fields payload,
    Optional<String> resourceUrl,
    ObjectNode extensions) {

  /** Reads the header. Unknown members are ignored. */
  public static PaymentPayload read(String header) throws MalformedPayment {
    return read(HeaderCodec.decode(header));
  }

  /** Reads the message as it stands in another one, or in a header. */
  public static PaymentPayload read(Fields fields) throws MalformedPayment {
    PaymentRequired.version(fields);
    var resource = fields.optionalObject("resource");
    var extensions = fields.optionalObject("extensions");
    return new PaymentPayload(
        PaymentRequirements.read(fields.object("accepted")),
        fields.object("payload"),
        resource.isPresent() ? Optional.of(resource.get().text("url")) : Optional.empty(),
        extensions.map(Fields::json).orElseGet(HeaderCodec::object));
  }

  /** The same for another option. */
  public PaymentPayload accepting(PaymentRequirements option) {
    return new PaymentPayload(option, payload, resourceUrl, extensions);
  }

  /** As a buyer of version 2 writes it; what was ignored when it was read is not there. */
  public ObjectNode json() {
    var json = HeaderCodec.object().put("x402Version", X402.VERSION);
    resourceUrl.ifPresent(url -> json.putObject("resource").put("url", url));
    json.set("accepted", accepted.json());
    json.set("payload", payload.json());
    if (!extensions.isEmpty()) {
      json.set("extensions", extensions);
    }
    return json;
  }
}
