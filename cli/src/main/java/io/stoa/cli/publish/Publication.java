package io.stoa.cli.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to be put up for sale.
 *
 * @param artifact is uploaded and becomes the first artifact of the manifest
 * @param manifest everything else the manifest says (docs/schemas/manifest.schema.json)
 * @param offers its price plans (docs/schemas/offers.schema.json)
 * @param handle the first half of the path; empty: the wallet's address
 */
public record Publication(
    Path artifact,
    ObjectNode manifest,
    ObjectNode offers,
    Optional<Provider.Handle> handle,
    ServiceName service) {
  public Publication {
    manifest = manifest.deepCopy();
    offers = offers.deepCopy();
  }

  /** The one plan that every call costs the same. */
  public static ObjectNode perCall(TokenAmount price) {
    var offers = JsonNodeFactory.instance.objectNode();
    offers
        .putArray("offers")
        .addObject()
        .put("name", "call")
        .put("type", "PER_CALL")
        .putObject("price")
        .put("amount", price.units().toString())
        .put("asset", price.asset().toString());
    return offers;
  }

  @Override
  public ObjectNode manifest() {
    return manifest.deepCopy();
  }

  @Override
  public ObjectNode offers() {
    return offers.deepCopy();
  }
}
