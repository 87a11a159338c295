package io.stoa.indexer.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.persistence.mirror.DocumentJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads manifests and offers strictly: size, JSON, schema (docs/schemas), and the rules no schema
 * can express. The same bytes always read the same. Safe for any number of threads.
 */
public final class DocumentReader {
  /** Largest document, in bytes. */
  public static final int MAX_SIZE = 64 * 1024;

  private final ChainId chain;
  private final Schema manifest = schema("manifest");
  private final Schema offers = schema("offers");

  /**
   * @param chain the only one whose tokens prices may be in
   */
  public DocumentReader(ChainId chain) {
    this.chain = chain;
  }

  public ChainId chain() {
    return chain;
  }

  public Reading<Manifest> manifest(byte[] document) {
    return read(document, manifest, this::checkManifest, DocumentJson::manifest);
  }

  public Reading<List<Offer>> offers(byte[] document) {
    return read(document, offers, this::checkOffers, DocumentJson::offers);
  }

  private static <T> Reading<T> read(
      byte[] document, Schema schema, Check check, Function<JsonNode, T> content) {
    if (document.length > MAX_SIZE) {
      return new Reading.Invalid<>("", "it is larger than %d bytes".formatted(MAX_SIZE));
    }
    return switch (StrictJson.read(document)) {
      case Reading.Invalid<JsonNode>(var pointer, var reason) ->
          new Reading.Invalid<>(pointer, reason);
      case Reading.Valid<JsonNode>(var json) -> {
        try {
          require(schema, json);
          check.of(json);
          yield new Reading.Valid<>(content.apply(json));
        } catch (Fault fault) {
          yield new Reading.Invalid<>(fault.pointer(), fault.reason());
        }
      }
    };
  }

  private static void require(Schema schema, JsonNode json) throws Fault {
    var errors = schema.validate(json);
    if (!errors.isEmpty()) {
      var first = errors.getFirst();
      throw new Fault(first.getInstanceLocation().toString(), first.getMessage());
    }
  }

  private void checkManifest(JsonNode json) throws Fault {
    var names = new HashSet<String>();
    var artifacts = json.path("artifacts");
    for (int i = 0; i < artifacts.size(); i++) {
      var pointer = "/artifacts/" + i;
      requireNew(names, artifacts.get(i), pointer);
      try {
        Cid.parse(artifacts.get(i).path("cid").textValue());
      } catch (IllegalArgumentException malformed) {
        throw new Fault(pointer + "/cid", "it is " + malformed.getMessage());
      }
    }
    if (json.has("endpoint")) {
      requireUrl("/endpoint/url", json.path("endpoint").path("url").textValue());
      CallRules.check("/endpoint/calls", json.path("endpoint").path("calls"));
    }
  }

  private void checkOffers(JsonNode json) throws Fault {
    var names = new HashSet<String>();
    var offers = json.path("offers");
    for (int i = 0; i < offers.size(); i++) {
      var pointer = "/offers/" + i;
      requireNew(names, offers.get(i), pointer);
      if (!offers.get(i).at("/price/asset").textValue().startsWith(chain + "/")) {
        throw new Fault(pointer + "/price/asset", "it is not on this listing's chain, " + chain);
      }
      requireUnitsOnce(offers.get(i).path("units"), pointer);
    }
  }

  private static void requireNew(Set<String> names, JsonNode named, String pointer) throws Fault {
    if (!names.add(named.path("name").textValue())) {
      throw new Fault(pointer + "/name", "it is used twice");
    }
  }

  private static void requireUnitsOnce(JsonNode units, String pointer) throws Fault {
    var seen = new HashSet<String>();
    for (int i = 0; i < units.size(); i++) {
      if (!seen.add(units.get(i).path("unit").textValue())) {
        throw new Fault(pointer + "/units/" + i + "/unit", "it is priced twice");
      }
    }
  }

  private static void requireUrl(String pointer, String text) throws Fault {
    try {
      var url = new URI(text);
      if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65_535) {
        throw new Fault(pointer, "it is a URL without a host, or with an impossible port");
      }
    } catch (URISyntaxException malformed) {
      throw new Fault(pointer, "it is not a URL");
    }
  }

  private static Schema schema(String name) {
    var registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().pathType(PathType.JSON_POINTER).build()));
    try (var source =
        DocumentReader.class.getResourceAsStream("/schemas/" + name + ".schema.json")) {
      return registry.getSchema(new JsonMapper().readTree(source));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** A rule that no schema can express. */
  @FunctionalInterface
  private interface Check {
    void of(JsonNode json) throws Fault;
  }
}
