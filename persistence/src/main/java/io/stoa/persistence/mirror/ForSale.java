package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A listing that can be bought.
 *
 * @param manifest the present one
 * @param terms the present ones first, then those that were superseded lately, the latest of them
 *     first
 */
public record ForSale(ListingPath path, Manifest manifest, List<Terms> terms) {
  public ForSale {
    terms = List.copyOf(terms);
  }

  /**
   * What held at one time: where, for how much, and to whom.
   *
   * @param from time of the block that brought them
   * @param until time of the block that ended them; empty for the present ones
   */
  public record Terms(
      ListingId listing,
      Bytes32 manifestSha256,
      Bytes32 offersRoot,
      Address splitter,
      Manifest.Endpoint endpoint,
      List<Offer> offers,
      Instant from,
      Optional<Instant> until) {
    public Terms {
      offers = List.copyOf(offers);
    }

    boolean areThoseOf(Terms other) {
      return manifestSha256.equals(other.manifestSha256)
          && offersRoot.equals(other.offersRoot)
          && splitter.equals(other.splitter);
    }
  }
}
