package io.stoa.x402;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.CallId;
import java.util.Optional;

/**
 * Extension {@code payment-identifier}: the buyer's name for one call, under which a repeated call
 * is not run again (x402 §10).
 */
public final class PaymentIdentifier {
  public static final String EXTENSION = "payment-identifier";

  private PaymentIdentifier() {}

  /** What a server advertises that takes such names and asks nobody for one. */
  public static ObjectNode advertised() {
    var json = HeaderCodec.object();
    json.putObject("info").put("required", false);
    var schema =
        json.putObject("schema")
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("type", "object");
    var properties = schema.putObject("properties");
    properties.putObject("required").put("type", "boolean");
    properties
        .putObject("id")
        .put("type", "string")
        .put("minLength", 16)
        .put("maxLength", 128)
        .put("pattern", "^[A-Za-z0-9_-]+$");
    schema.putArray("required").add("required");
    return json;
  }

  /** Empty when the buyer gave none: a bare echo of what was advertised is none. */
  public static Optional<CallId> read(PaymentPayload payload) throws MalformedPayment {
    var extension = Fields.of(payload.extensions(), "/extensions").optionalObject(EXTENSION);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    var info = extension.get().object("info");
    var id = info.optionalText("id");
    try {
      return id.map(CallId::new);
    } catch (IllegalArgumentException malformed) {
      throw info.wrong("id", "is " + malformed.getMessage());
    }
  }
}
