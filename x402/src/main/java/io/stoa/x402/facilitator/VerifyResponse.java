package io.stoa.x402.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.util.Optional;

/** What a facilitator says about a payment. */
public sealed interface VerifyResponse {

  /** It would be settled now. */
  record Valid(Optional<Address> payer, ObjectNode extra) implements VerifyResponse {

    /**
     * @param extra what the scheme adds; not to be modified
     */
    public Valid {}

    public Valid(Address payer) {
      this(Optional.of(payer), HeaderCodec.object());
    }
  }

  /**
   * It would not.
   *
   * @param reason the protocol's code for the first rule it breaks
   * @param message one sentence for people
   * @param payer empty when the payment cannot be read so far
   */
  record Invalid(String reason, Optional<String> message, Optional<Address> payer)
      implements VerifyResponse {
    public Invalid(String reason, Address payer) {
      this(reason, Optional.empty(), Optional.of(payer));
    }

    public static Invalid because(String reason) {
      return new Invalid(reason, Optional.empty(), Optional.empty());
    }

    public static Invalid of(MalformedPayment malformed) {
      return new Invalid(
          malformed.reason(), Optional.ofNullable(malformed.getMessage()), Optional.empty());
    }
  }

  Optional<Address> payer();

  default ObjectNode json() {
    var json = HeaderCodec.object();
    switch (this) {
      case Valid(_, var extra) -> {
        json.put("isValid", true);
        if (!extra.isEmpty()) {
          json.set("extra", extra);
        }
      }
      case Invalid(var reason, var message, _) -> {
        json.put("isValid", false).put("invalidReason", reason);
        message.ifPresent(sentence -> json.put("invalidMessage", sentence));
      }
    }
    payer().ifPresent(address -> json.put("payer", address.toString()));
    return json;
  }

  /** Reads an answer as a server does. */
  static VerifyResponse read(Fields fields) throws MalformedPayment {
    var payer = fields.optionalAddress("payer");
    if (fields.truth("isValid")) {
      return new Valid(
          payer, fields.optionalObject("extra").map(Fields::json).orElseGet(HeaderCodec::object));
    }
    return new Invalid(
        fields.optionalText("invalidReason").orElse("unexpected_verify_error"),
        fields.optionalText("invalidMessage"),
        payer);
  }
}
