package io.stoa.domain.listing;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A published thing as the chain and its documents tell it.
 *
 * @param owner holds the title and with it the revenue
 * @param splitter receives every payment for this listing
 * @param version counts the published manifests, from 1
 * @param manifestCid names the manifest; empty when the chain holds one of a form that is not read
 *     here
 * @param manifestSha256 of the manifest's bytes, as the provider signed it into the chain
 * @param offersRoot the SHA-256 of the offers document, which is one raw block
 * @param publishedAt time of the block that holds the current version
 */
public record Listing(
    ListingId id,
    ListingPath path,
    Address owner,
    ListingKind kind,
    ListingStatus status,
    Address splitter,
    int version,
    Optional<Cid> manifestCid,
    Bytes32 manifestSha256,
    Bytes32 offersRoot,
    Instant publishedAt,
    Documents documents) {

  /** What became of the documents that the chain names. */
  public sealed interface Documents {
    /** Not fetched yet, or not to be had at the moment. */
    record Pending() implements Documents {}

    /** Fetched, hashed, validated. */
    record Valid(Manifest manifest, List<Offer> offers) implements Documents {
      public Valid {
        offers = List.copyOf(offers);
      }
    }

    /** They break a rule: shown with the reason, not for sale. */
    record Invalid(String reason) implements Documents {}
  }
}
