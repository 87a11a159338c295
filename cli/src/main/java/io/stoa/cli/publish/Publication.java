package io.stoa.cli.publish;

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
 * @param price of one call
 * @param handle the first half of the path; empty: the wallet's address
 */
public record Publication(
    Path artifact,
    ObjectNode manifest,
    TokenAmount price,
    Optional<Provider.Handle> handle,
    ServiceName service) {
  public Publication {
    manifest = manifest.deepCopy();
  }

  @Override
  public ObjectNode manifest() {
    return manifest.deepCopy();
  }
}
