package io.stoa.x402.facilitator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.ChainId;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.X402;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a facilitator can do.
 *
 * @param extensions keys of those it takes part in
 * @param signers the accounts it may send with, by family of networks such as {@code eip155:*}
 */
public record SupportedKinds(
    List<Kind> kinds, List<String> extensions, Map<String, List<String>> signers) {
  public SupportedKinds {
    kinds = List.copyOf(kinds);
    extensions = List.copyOf(extensions);
    signers = Map.copyOf(signers);
  }

  /**
   * One way to pay.
   *
   * @param network as CAIP-2, or by its name in version 1
   * @param extra what servers have to put into their options; not to be modified
   */
  public record Kind(int version, String scheme, String network, ObjectNode extra) {}

  /** The kind that a server of version 2 needs for {@code scheme} on {@code network}. */
  public Optional<Kind> find(String scheme, ChainId network) {
    return kinds.stream()
        .filter(kind -> kind.version == X402.VERSION)
        .filter(kind -> kind.scheme.equals(scheme) && kind.network.equals(network.toString()))
        .findFirst();
  }

  public ObjectNode json() {
    var json = HeaderCodec.object();
    var entries = json.putArray("kinds");
    for (var kind : kinds) {
      var entry =
          entries
              .addObject()
              .put("x402Version", kind.version)
              .put("scheme", kind.scheme)
              .put("network", kind.network);
      if (!kind.extra.isEmpty()) {
        entry.set("extra", kind.extra);
      }
    }
    var keys = json.putArray("extensions");
    extensions.forEach(keys::add);
    var families = json.putObject("signers");
    signers.forEach(
        (family, accounts) -> {
          var list = families.putArray(family);
          accounts.forEach(list::add);
        });
    return json;
  }

  /** Reads an answer as a server does. */
  public static SupportedKinds read(Fields fields) throws MalformedPayment {
    var kinds = new ArrayList<Kind>();
    for (var kind : array(fields, "kinds")) {
      kinds.add(kind(Fields.of(kind, "/kinds")));
    }
    var signers = new LinkedHashMap<String, List<String>>();
    if (fields.has("signers")) {
      var families = fields.object("signers");
      for (var family : families.json().properties()) {
        signers.put(family.getKey(), texts(families, family.getKey()));
      }
    }
    return new SupportedKinds(
        kinds, fields.has("extensions") ? texts(fields, "extensions") : List.of(), signers);
  }

  private static Kind kind(Fields fields) throws MalformedPayment {
    return new Kind(
        fields.number("x402Version"),
        fields.text("scheme"),
        fields.text("network"),
        fields.optionalObject("extra").map(Fields::json).orElseGet(HeaderCodec::object));
  }

  private static List<String> texts(Fields fields, String name) throws MalformedPayment {
    var texts = new ArrayList<String>();
    for (var text : array(fields, name)) {
      if (!text.isTextual()) {
        throw fields.wrong(name, "must be an array of strings");
      }
      texts.add(text.textValue());
    }
    return texts;
  }

  private static Iterable<JsonNode> array(Fields fields, String name) throws MalformedPayment {
    if (!(fields.json().get(name) instanceof ArrayNode array)) {
      throw fields.wrong(name, "must be an array");
    }
    return array;
  }
}
