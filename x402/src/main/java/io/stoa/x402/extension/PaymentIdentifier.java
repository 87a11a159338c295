package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.CallId;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.util.Optional;

/**
 * Extension {@code payment-identifier}: the buyer names a call, and whoever sends the same call
 * again gets its stored answer. What the name stands for is {@link PaymentBinding}.
 */
public final class PaymentIdentifier {
  public static final String KEY = "payment-identifier";

  /** The reason of a name that is missing or of another form; answered with 400. */
  public static final String INVALID = "invalid_payment_identifier";

  private static final ObjectNode SCHEMA =
      Schemas.object(
          """
          {"properties": {
             "required": {"type": "boolean"},
             "id": {"type": "string", "minLength": 16, "maxLength": 128,
                    "pattern": "^[a-zA-Z0-9_-]+$"}},
           "required": ["required"]}
          """);

  private PaymentIdentifier() {}

  /** The part of a 402. */
  public static ObjectNode part(boolean isRequired) {
    return Schemas.part(HeaderCodec.object().put("required", isRequired), SCHEMA);
  }

  /** Empty when the buyer gave none; fails with {@link #INVALID} when it is no name. */
  public static Optional<CallId> read(PaymentPayload payload) throws MalformedPayment {
    try {
      var extension = Fields.of(payload.extensions(), "/extensions").optionalObject(KEY);
      if (extension.isEmpty()) {
        return Optional.empty();
      }
      var info = extension.get().object("info");
      return info.has("id") ? Optional.of(id(info)) : Optional.empty();
    } catch (MalformedPayment malformed) {
      throw malformed.as(INVALID);
    }
  }

  /** For routes and modes that cannot do without: fails also when the buyer gave none. */
  public static CallId require(PaymentPayload payload) throws MalformedPayment {
    var id = read(payload);
    if (id.isEmpty()) {
      var pointer = "/extensions/" + KEY + "/info/id";
      throw new MalformedPayment(INVALID, pointer, pointer + " is missing.");
    }
    return id.get();
  }

  private static CallId id(Fields info) throws MalformedPayment {
    try {
      return new CallId(info.text("id"));
    } catch (IllegalArgumentException malformed) {
      throw info.wrong("id", "is " + malformed.getMessage());
    }
  }
}
