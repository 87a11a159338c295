package io.stoa.x402;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a 402 says.
 *
 * @param error a reason code, or {@code Payment required} when no payment was sent
 * @param accepts the ways to pay, the preferred one first
 * @param extensions key to {@code {info, schema}}
 */
public record PaymentRequired(
    String error, Resource resource, List<PaymentRequirements> accepts, ObjectNode extensions) {
  /** The {@code error} of a 402 to a request that carried no payment. */
  public static final String NO_PAYMENT = "Payment required";

  public PaymentRequired {
    accepts = List.copyOf(accepts);
  }

  /** What is sold: its public URL, and one line about it. */
  public record Resource(String url, String description, String mimeType) {}

  public PaymentRequired because(String reason) {
    return new PaymentRequired(reason, resource, accepts, extensions);
  }

  /**
   * The same with what the extension {@code key} says, in place of what it said before. What
   * changes from reply to reply is added this way just before the 402 is written: a payment is
   * matched with the terms without it, so that no buyer has to echo it.
   */
  public PaymentRequired with(String key, ObjectNode part) {
    return new PaymentRequired(
        error,
        resource,
        accepts,
        HeaderCodec.object().<ObjectNode>setAll(extensions).set(key, part));
  }

  /** The same without what the extension {@code key} says. */
  public PaymentRequired without(String key) {
    var others = HeaderCodec.object().<ObjectNode>setAll(extensions);
    others.remove(key);
    return new PaymentRequired(error, resource, accepts, others);
  }

  public String header() {
    return HeaderCodec.encode(json());
  }

  /** As it stands in another message. */
  public ObjectNode json() {
    var json = HeaderCodec.object().put("x402Version", X402.VERSION).put("error", error);
    json.putObject("resource")
        .put("url", resource.url)
        .put("description", resource.description)
        .put("mimeType", resource.mimeType);
    var options = json.putArray("accepts");
    accepts.forEach(option -> options.add(option.json()));
    return json.set("extensions", extensions);
  }

  /** Reads the header as a buyer does: options it cannot understand are left out. */
  public static PaymentRequired read(String header) throws MalformedPayment {
    var fields = HeaderCodec.decode(header);
    version(fields);
    var resource = fields.object("resource");
    if (!(fields.json().get("accepts") instanceof ArrayNode options)) {
      throw fields.wrong("accepts", "must be an array");
    }
    var accepts = new ArrayList<PaymentRequirements>();
    options.forEach(option -> understood(option).ifPresent(accepts::add));
    return new PaymentRequired(
        fields.optionalText("error").orElse(""),
        new Resource(
            resource.text("url"),
            resource.optionalText("description").orElse(""),
            resource.optionalText("mimeType").orElse("")),
        accepts,
        fields.optionalObject("extensions").map(Fields::json).orElseGet(HeaderCodec::object));
  }

  private static Optional<PaymentRequirements> understood(JsonNode option) {
    try {
      return Optional.of(PaymentRequirements.read(Fields.of(option, "/accepts")));
    } catch (MalformedPayment anotherKindOfNetwork) {
      return Optional.empty();
    }
  }

  static void version(Fields fields) throws MalformedPayment {
    var version = fields.json().get("x402Version");
    if (version == null || !version.isInt() || version.intValue() != X402.VERSION) {
      throw new MalformedPayment(
          "invalid_x402_version", "/x402Version", "/x402Version must be the number 2.");
    }
  }

  /** Finds the offered option a buyer chose. */
  public Optional<PaymentRequirements> find(PaymentRequirements chosen) {
    return accepts.stream().filter(option -> option.admits(chosen)).findFirst();
  }

  /**
   * Why {@code payload} is not for this resource: the reason code, or empty when it may be. No
   * signature covers what is compared here; it protects a buyer from its own mistakes.
   */
  public Optional<String> objection(PaymentPayload payload) {
    if (payload.resourceUrl().filter(url -> !url.equals(resource.url)).isPresent()) {
      return Optional.of("resource_mismatch");
    }
    return isEchoedBy(payload) ? Optional.empty() : Optional.of("extension_echo_mismatch");
  }

  /**
   * Whether a buyer left what was advertised as it was: for each extension it echoes, the
   * advertised {@code info} must be contained in the echoed one. It may add to it, and leave
   * extensions out.
   */
  public boolean isEchoedBy(PaymentPayload payload) {
    for (var echoed : payload.extensions().properties()) {
      var advertised = extensions.path(echoed.getKey()).get("info");
      if (advertised != null && !Containment.holds(echoed.getValue().path("info"), advertised)) {
        return false;
      }
    }
    return true;
  }
}
