package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import java.util.List;

/**
 * A listing that can be bought.
 *
 * @param terms the current ones first, then those that were superseded lately, the latest of them
 *     first
 */
public record ForSale(ListingPath path, String title, List<Terms> terms) {
  public ForSale {
    terms = List.copyOf(terms);
  }

  /** What held at one time: where, for how much, and to whom. */
  public record Terms(
      ListingId listing,
      Bytes32 manifestSha256,
      Bytes32 offersRoot,
      Address splitter,
      Manifest.Endpoint endpoint,
      List<Offer> offers) {
    public Terms {
      offers = List.copyOf(offers);
    }
  }
}
