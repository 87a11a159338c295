package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a payment tells a catalogue of the resource it pays for (extension {@code bazaar}). A buyer
 * carried it, so nothing in it is proven.
 *
 * @param resource its name in the catalogue: the origin with the route, else with the path; for MCP
 *     the name of the tool belongs to it too
 * @param call how it is called
 * @param info all of it, valid by its own schema
 * @param schema within its own document
 * @param route empty where there is none, or not a good one
 */
public record Discovered(
    String resource, Call call, ObjectNode info, ObjectNode schema, Optional<RouteTemplate> route) {
  /** The reason of a part that is left out of the catalogue. */
  public static final String INVALID = "invalid_discovery_extension";

  private static final Set<String> PLAIN = Set.of("GET", "HEAD", "DELETE");
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final Set<String> BODIES = Set.of("json", "form-data", "text");
  private static final Set<String> TRANSPORTS = Set.of("streamable-http", "sse");

  /** What kind of resource it is. */
  public sealed interface Call {
    /** Its {@code type} in catalogues. */
    ResourceType type();

    /** Whether URLs of {@code scheme}, null for none, can name it. */
    boolean isReachedBy(@Nullable String scheme);

    /** Over HTTP. */
    record Http(String method) implements Call {
      @Override
      public ResourceType type() {
        return ResourceType.HTTP;
      }

      @Override
      public boolean isReachedBy(@Nullable String scheme) {
        return "https".equals(scheme) || "http".equals(scheme);
      }
    }

    /** One tool of an MCP server. */
    record Mcp(String toolName) implements Call {
      @Override
      public ResourceType type() {
        return ResourceType.MCP;
      }

      @Override
      public boolean isReachedBy(@Nullable String scheme) {
        return "https".equals(scheme) || "http".equals(scheme) || "mcp".equals(scheme);
      }
    }
  }

  /**
   * Empty when the payment says nothing. Fails with {@link #INVALID}: the payment is as good as
   * before then, only the catalogue does not take it.
   */
  public static Optional<Discovered> read(PaymentPayload payload, JsonSchemas schemas)
      throws MalformedPayment {
    try {
      var part = Fields.of(payload.extensions(), "/extensions").optionalObject(Bazaar.KEY);
      return part.isPresent()
          ? Optional.of(read(part.get(), payload.resourceUrl(), schemas))
          : Optional.empty();
    } catch (MalformedPayment malformed) {
      throw malformed.as(INVALID);
    }
  }

  private static Discovered read(Fields part, Optional<String> url, JsonSchemas schemas)
      throws MalformedPayment {
    var info = part.object("info");
    var schema = part.object("schema").json();
    var call = call(info.object("input"));
    if (!SchemaReferences.areLocal(schema)) {
      throw part.wrong("schema", "refers to something outside itself");
    }
    if (!schemas.accepts(schema, info.json())) {
      throw part.wrong("info", "does not keep its schema");
    }
    var template = part.json().path("routeTemplate");
    Optional<RouteTemplate> route =
        template.isTextual() ? RouteTemplate.find(template.textValue()) : Optional.empty();
    return new Discovered(resource(url, call, route), call, info.json(), schema, route);
  }

  private static Call call(Fields input) throws MalformedPayment {
    return switch (input.text("type")) {
      case "http" -> http(input);
      case "mcp" -> mcp(input);
      default -> throw input.wrong("type", "must be \"http\" or \"mcp\"");
    };
  }

  private static Call http(Fields input) throws MalformedPayment {
    var method = input.text("method");
    if (WITH_BODY.contains(method)) {
      if (!BODIES.contains(input.text("bodyType"))) {
        throw input.wrong("bodyType", "must be \"json\", \"form-data\" or \"text\"");
      }
    } else if (!PLAIN.contains(method)) {
      throw input.wrong("method", "must be a method such as GET or POST");
    } else if (input.has("bodyType")) {
      throw input.wrong("bodyType", "must not be there for " + method);
    }
    return new Call.Http(method);
  }

  private static Call mcp(Fields input) throws MalformedPayment {
    var tool = input.text("toolName");
    if (tool.isEmpty()) {
      throw input.wrong("toolName", "must not be empty");
    }
    input.object("inputSchema");
    var transport = input.optionalText("transport");
    if (transport.isPresent() && !TRANSPORTS.contains(transport.get())) {
      throw input.wrong("transport", "must be \"streamable-http\" or \"sse\"");
    }
    return new Call.Mcp(tool);
  }

  private static String resource(Optional<String> url, Call call, Optional<RouteTemplate> route)
      throws MalformedPayment {
    try {
      var uri = new URI(url.orElse(""));
      var authority = uri.getRawAuthority();
      if (call.isReachedBy(uri.getScheme()) && authority != null && authority.indexOf('@') < 0) {
        return uri.getScheme()
            + "://"
            + authority
            + route.map(RouteTemplate::path).orElseGet(uri::getRawPath);
      }
    } catch (URISyntaxException none) {
      // Said below.
    }
    throw new MalformedPayment(
        INVALID, "/resource/url", "/resource/url must be the URL of the resource.");
  }
}
