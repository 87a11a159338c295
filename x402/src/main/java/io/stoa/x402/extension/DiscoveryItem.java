package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One resource of a catalogue.
 *
 * @param resource its URL, or its route below the origin
 * @param accepts the ways to pay
 * @param mimeType of what it answers
 * @param extensions key to {@code {info, schema}}; not to be modified
 */
public record DiscoveryItem(
    String resource,
    ResourceType type,
    List<PaymentRequirements> accepts,
    Instant lastUpdated,
    Optional<String> description,
    Optional<String> mimeType,
    ServiceMetadata service,
    ObjectNode extensions) {
  public DiscoveryItem {
    accepts = List.copyOf(accepts);
  }

  /** The item of {@code /discovery/resources} and {@code /discovery/search}. */
  public ObjectNode json() {
    var json =
        HeaderCodec.object()
            .put("resource", resource)
            .put("type", type.toString())
            .put("x402Version", X402.VERSION);
    var options = json.putArray("accepts");
    accepts.forEach(option -> options.add(option.json()));
    json.put("lastUpdated", lastUpdated.toString());
    description.ifPresent(text -> json.put("description", text));
    mimeType.ifPresent(text -> json.put("mimeType", text));
    service.writeTo(json);
    if (!extensions.isEmpty()) {
      json.set("extensions", extensions);
    }
    return json;
  }
}
