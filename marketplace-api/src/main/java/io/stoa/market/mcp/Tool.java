package io.stoa.market.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.ListingPath;
import io.stoa.market.inference.DescribedCall;
import io.stoa.market.inference.Ware;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.extension.HttpCall;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A described call of a listing.
 *
 * @param place where it stands among all tools, whatever comes and goes around it
 * @param title of the listing
 */
record Tool(Place place, String name, String title, ListingPath listing, DescribedCall call) {

  /** The id of a listing, and the position among its calls. */
  record Place(long listing, int call) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byListing = Long.compare(listing, other.listing);
      return byListing != 0 ? byListing : Integer.compare(call, other.call);
    }
  }

  static Stream<Tool> of(Ware ware) {
    return IntStream.range(0, ware.calls().size())
        .mapToObj(
            number -> {
              var call = ware.calls().get(number);
              return new Tool(
                  new Place(ware.id().value(), number),
                  ToolName.of(ware.listing(), call.said()),
                  ware.manifest().title(),
                  ware.listing(),
                  call);
            });
  }

  /** What a payment for it names. */
  String resource() {
    return "mcp://tool/" + name;
  }

  /** The names of the parts of the path that vary. */
  Set<String> pathNames() {
    var names = new LinkedHashSet<String>();
    for (var segment : call.said().path().value().split("/", -1)) {
      if (segment.startsWith(":")) {
        names.add(segment.substring(1));
      }
    }
    return names;
  }

  /** As it stands in a list of tools. */
  ObjectNode json() {
    var said = call.said();
    var json =
        HeaderCodec.object()
            .put("name", name)
            .put("title", title)
            .put(
                "description",
                "%s (%s %s of the listing %s; paid by x402)"
                    .formatted(
                        said.description().isEmpty() ? title : said.description(),
                        said.method(),
                        said.path().value().isEmpty() ? "/" : said.path(),
                        listing));
    return json.set("inputSchema", inputSchema());
  }

  /** The members are those of the input of x402's bazaar. */
  private ObjectNode inputSchema() {
    var schema = HeaderCodec.object().put("type", "object");
    var properties = schema.putObject("properties");
    var required = HeaderCodec.object().arrayNode();
    var pathNames = pathNames();
    if (!pathNames.isEmpty()) {
      properties.set("pathParams", pathSchema(pathNames));
      required.add("pathParams");
    }
    switch (call.call()) {
      case HttpCall.Query query ->
          properties.set("queryParams", shown(query.schema(), query.example()));
      case HttpCall.Body body -> {
        properties.set("body", shown(body.schema(), body.example()));
        required.add("body");
      }
    }
    schema.set("required", required);
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode pathSchema(Set<String> names) {
    var schema = HeaderCodec.object().put("type", "object");
    var properties = schema.putObject("properties");
    var required = schema.putArray("required");
    for (var name : names) {
      properties.putObject(name).put("type", "string").put("minLength", 1);
      required.add(name);
    }
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode shown(ObjectNode schema, JsonNode example) {
    var shown = schema.deepCopy();
    shown.putArray("examples").add(example);
    return shown;
  }
}
