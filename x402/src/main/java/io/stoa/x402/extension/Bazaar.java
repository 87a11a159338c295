package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import java.util.Optional;

/**
 * Extension {@code bazaar}: a 402 tells catalogues how the resource is called. Buyers carry it to
 * facilitators, which read it as {@link Discovered}.
 */
public final class Bazaar {
  public static final String KEY = "bazaar";

  private Bazaar() {}

  /** The part of a 402. Shared: never modified. */
  public static ObjectNode part(HttpCall call, Optional<RouteTemplate> route) {
    var info = HeaderCodec.object();
    info.set("input", call.input());
    call.output().ifPresent(output -> info.set("output", output(output)));
    var part = Schemas.part(info, schema(call));
    route.ifPresent(template -> part.put("routeTemplate", template.path()));
    return HeaderCodec.fixed(part);
  }

  static ObjectNode output(HttpCall.Output output) {
    return HeaderCodec.object().put("type", "json").set("example", output.example());
  }

  private static ObjectNode schema(HttpCall call) {
    var schema = HeaderCodec.object().put("$schema", Schemas.DIALECT).put("type", "object");
    var properties = schema.putObject("properties");
    properties.set("input", call.inputSchema());
    call.output().ifPresent(output -> properties.set("output", schema(output)));
    schema.putArray("required").add("input");
    return schema;
  }

  private static ObjectNode schema(HttpCall.Output output) {
    var schema = HeaderCodec.object().put("type", "object");
    var properties = schema.putObject("properties");
    properties.putObject("type").put("type", "string");
    properties.set("example", output.schema());
    schema.putArray("required").add("type");
    return schema;
  }
}
