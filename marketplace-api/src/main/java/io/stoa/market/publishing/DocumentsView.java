package io.stoa.market.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Two stored documents, as the chain will name them.
 *
 * @param offersRoot the SHA-256 of the offers document
 * @param transaction publishes them; there if the terms were given
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "StoredDocuments")
public record DocumentsView(
    Manifest manifest, String offersRoot, Offers offers, @Nullable TransactionView transaction) {

  /** The manifest's names. */
  @Schema(name = "StoredManifest")
  public record Manifest(String cid, String sha256) {}

  /** The offers' name. */
  @Schema(name = "StoredOffers")
  public record Offers(String cid) {}

  static DocumentsView of(Documents.Pair documents, Optional<TransactionView> transaction) {
    return new DocumentsView(
        new Manifest(documents.cid().toString(), documents.cid().sha256().toString()),
        documents.offersRoot().toString(),
        new Offers(documents.offersCid().toString()),
        transaction.orElse(null));
  }
}
