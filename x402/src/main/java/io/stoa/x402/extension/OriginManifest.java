package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.X402;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one origin sells, at {@code /.well-known/x402.json} (a draft). Only a hint: what a 402 says
 * counts.
 */
public record OriginManifest(Instant lastUpdated, List<Item> items) {
  /** Below the origin. */
  public static final String PATH = "/.well-known/x402.json";

  public OriginManifest {
    items = List.copyOf(items);
  }

  /**
   * One resource.
   *
   * @param requires keys of extensions without which no payment is taken
   */
  public record Item(
      PaymentRequired.Resource resource,
      ServiceMetadata service,
      List<PaymentRequirements> accepts,
      HttpCall call,
      Optional<RouteTemplate> route,
      List<String> requires) {
    public Item {
      accepts = List.copyOf(accepts);
      requires = List.copyOf(requires);
    }

    private ObjectNode json() {
      var json = HeaderCodec.object();
      var about =
          json.putObject("resource")
              .put("url", resource.url())
              .put("description", resource.description())
              .put("mimeType", resource.mimeType());
      service.writeTo(about);
      json.put("type", ResourceType.HTTP.toString());
      var options = json.putArray("accepts");
      accepts.forEach(option -> options.add(option.json()));
      var input = call.input();
      input.remove("type");
      route.ifPresent(template -> input.put("routeTemplate", template.path()));
      json.set("input", input);
      call.output().ifPresent(output -> json.set("output", Bazaar.output(output)));
      if (!requires.isEmpty()) {
        var keys = json.putArray("requires");
        requires.forEach(keys::add);
      }
      return json;
    }
  }

  public ObjectNode json() {
    var json =
        HeaderCodec.object()
            .put("x402Version", X402.VERSION)
            .put("lastUpdated", lastUpdated.toString());
    var array = json.putArray("items");
    items.forEach(item -> array.add(item.json()));
    return json;
  }
}
