package io.stoa.persistence.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.CallPath;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Unit;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns documents that were found good, by their schemas (docs/schemas) and beyond, into what they
 * say.
 */
public final class DocumentJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DocumentJson() {}

  static Manifest manifest(String body) {
    return manifest(parse(body));
  }

  static List<Offer> offers(String body) {
    return offers(parse(body));
  }

  public static Manifest manifest(JsonNode json) {
    var artifacts = new ArrayList<Manifest.Artifact>();
    json.path("artifacts").forEach(artifact -> artifacts.add(artifact(artifact)));
    return new Manifest(
        json.path("title").asText(),
        json.path("description").asText(),
        ListingKind.valueOf(json.path("kind").asText()),
        json.path("licence").asText(),
        artifacts,
        Optional.of(json.path("endpoint")).filter(JsonNode::isObject).map(DocumentJson::endpoint));
  }

  public static List<Offer> offers(JsonNode json) {
    var offers = new ArrayList<Offer>();
    json.path("offers").forEach(offer -> offers.add(offer(offer)));
    return List.copyOf(offers);
  }

  private static Manifest.Artifact artifact(JsonNode json) {
    return new Manifest.Artifact(
        json.path("name").asText(),
        Cid.parse(json.path("cid").asText()),
        Bytes32.parse(json.path("sha256").asText()),
        json.path("size").asLong(),
        json.path("mediaType").asText());
  }

  private static Manifest.Endpoint endpoint(JsonNode json) {
    var nodes = new ArrayList<String>();
    json.path("nodes").forEach(node -> nodes.add(node.asText()));
    var calls = new ArrayList<Call>();
    json.path("calls").forEach(call -> calls.add(call(call)));
    return new Manifest.Endpoint(URI.create(json.path("url").asText()), nodes, calls);
  }

  private static Call call(JsonNode json) {
    var input = json.path("input");
    var output = json.path("output");
    return new Call(
        Call.Method.valueOf(json.path("method").asText()),
        new CallPath(json.path("path").asText()),
        json.path("description").asText(),
        new Call.Input(place(input.path("type").asText()), example(input)),
        new Call.Output(
            output.path("mediaType").asText("application/json"),
            Optional.of(output).filter(said -> said.has("example")).map(DocumentJson::example)));
  }

  private static Call.Place place(String type) {
    return switch (type) {
      case "query" -> Call.Place.QUERY;
      case "json" -> Call.Place.JSON;
      case "form-data" -> Call.Place.FORM_DATA;
      case "text" -> Call.Place.TEXT;
      default -> throw new IllegalArgumentException("not a known type of input");
    };
  }

  private static Call.Example example(JsonNode json) {
    var schema = json.path("schema");
    return new Call.Example(
        json.path("example").toString(), schema.isObject() ? schema.toString() : "{}");
  }

  private static Offer offer(JsonNode json) {
    var name = json.path("name").asText();
    var price =
        new TokenAmount(
            Asset.parse(json.at("/price/asset").asText()),
            new BigInteger(json.at("/price/amount").asText()));
    return switch (json.path("type").asText()) {
      case "PER_CALL" ->
          new Offer.PerCall(
              name, price, Offer.Flow.valueOf(json.path("flow").asText("AUTHORIZATION")));
      case "PER_UNIT" ->
          new Offer.PerUnit(
              name,
              price,
              new BigInteger(json.path("base").asText("0")),
              units(json.path("units")),
              json.path("per").asLong(1));
      default -> throw new IllegalArgumentException("not a known type of offer");
    };
  }

  private static Map<Unit, BigInteger> units(JsonNode json) {
    var units = new EnumMap<Unit, BigInteger>(Unit.class);
    json.forEach(
        unit ->
            units.put(
                Unit.valueOf(unit.path("unit").asText()),
                new BigInteger(unit.path("amount").asText())));
    return units;
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException("not JSON", malformed);
    }
  }
}
