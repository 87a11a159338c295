package io.stoa.market.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.ListingPath;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.extension.Bazaar;
import io.stoa.x402.extension.HttpCall;
import io.stoa.x402.extension.RouteTemplate;
import java.util.Optional;

/**
 * A call as its provider describes it, made ready for many 402s and for catalogues.
 *
 * @param path of this node, with its names where parts vary
 * @param extensions of its 402; not to be modified
 */
public record DescribedCall(Call said, String path, HttpCall call, ObjectNode extensions) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param shared extensions of every 402 of the listing
   */
  public static DescribedCall of(ListingPath listing, Call said, ObjectNode shared) {
    var path = Target.PREFIX + listing + said.path();
    var call = http(said);
    var part = Bazaar.part(call, route(said, path));
    var extensions = HeaderCodec.object().<ObjectNode>setAll(shared);
    return new DescribedCall(said, path, call, HeaderCodec.fixed(extensions.set(Bazaar.KEY, part)));
  }

  /** Where parts of the path vary. */
  public Optional<RouteTemplate> route() {
    return route(said, path);
  }

  boolean isOf(String method, String rest) {
    return said.method().name().equals(method) && said.path().matches(rest);
  }

  ObjectNode bazaar() {
    return (ObjectNode) extensions.get(Bazaar.KEY);
  }

  private static Optional<RouteTemplate> route(Call said, String path) {
    return said.path().isTemplate() ? Optional.of(new RouteTemplate(path)) : Optional.empty();
  }

  private static HttpCall http(Call said) {
    var method = said.method().name();
    var place = said.input().place();
    var example = read(said.input().example().json());
    var schema = object(said.input().example().schema());
    var output =
        said.output()
            .example()
            .map(answer -> new HttpCall.Output(read(answer.json()), object(answer.schema())));
    return switch (place) {
      case QUERY ->
          new HttpCall.Query(
              HttpCall.PlainMethod.valueOf(method), (ObjectNode) example, schema, output);
      case JSON, FORM_DATA, TEXT ->
          new HttpCall.Body(
              HttpCall.BodyMethod.valueOf(method),
              HttpCall.BodyType.valueOf(place.name()),
              example,
              schema,
              output);
    };
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) read(json);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
