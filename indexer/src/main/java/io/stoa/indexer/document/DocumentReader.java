package io.stoa.indexer.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.persistence.mirror.DocumentJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/**
 * Reads manifests and offers strictly: size, JSON, schema (docs/schemas), and the rules no schema
 * can express.
 */
public final class DocumentReader {
  /** Largest document, in bytes. */
  public static final int MAX_SIZE = 64 * 1024;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(32).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ChainId chain;
  private final Schema manifest = schema("manifest");
  private final Schema offers = schema("offers");

  /**
   * @param chain the only one whose assets prices may be in
   */
  public DocumentReader(ChainId chain) {
    this.chain = chain;
  }

  public Reading<Manifest> manifest(byte[] document) {
    return read(document, manifest, DocumentJson::manifest);
  }

  public Reading<List<Offer>> offers(byte[] document) {
    var reading = read(document, offers, DocumentJson::offers);
    return reading instanceof Reading.Valid<List<Offer>>(var content) ? check(content) : reading;
  }

  private Reading<List<Offer>> check(List<Offer> offers) {
    var names = new HashSet<String>();
    for (int i = 0; i < offers.size(); i++) {
      switch (offers.get(i)) {
        case Offer.PerCall(var name, var price) -> {
          if (!names.add(name)) {
            return new Reading.Invalid<>(
                "/offers/" + i + "/name", "another offer has the same name");
          }
          if (!price.asset().chain().equals(chain)) {
            return new Reading.Invalid<>(
                "/offers/" + i + "/price/asset", "the asset is not on the chain " + chain);
          }
        }
      }
    }
    return new Reading.Valid<>(offers);
  }

  private static <T> Reading<T> read(byte[] document, Schema schema, Function<String, T> parse) {
    if (document.length > MAX_SIZE) {
      return new Reading.Invalid<>("", "the document is larger than " + MAX_SIZE + " bytes");
    }
    JsonNode json;
    try {
      json = JSON.readTree(document);
    } catch (IOException malformed) {
      return new Reading.Invalid<>("", "the document is not JSON, or names a member twice");
    }
    var errors = schema.validate(json);
    if (!errors.isEmpty()) {
      var first = errors.getFirst();
      return new Reading.Invalid<>(first.getInstanceLocation().toString(), first.getMessage());
    }
    try {
      return new Reading.Valid<>(parse.apply(new String(document, UTF_8)));
    } catch (IllegalArgumentException malformed) {
      return new Reading.Invalid<>("", "a value is " + malformed.getMessage());
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
      return registry.getSchema(JSON.readTree(source));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
