package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;

/** One thing that became true of a listing, at one place of the chain. */
public sealed interface Fact {
  Place place();

  ListingId listing();

  /** It exists. Its owner, status, version, offers and splitter are facts of their own. */
  record Published(Place place, ListingId listing, ListingPath path, ListingKind kind)
      implements Fact {}

  /** Its title belongs to {@code owner}. */
  record Owned(Place place, ListingId listing, Address owner) implements Fact {}

  /** It stands so on the chain. */
  record Stands(Place place, ListingId listing, ListingStatus status) implements Fact {}

  /**
   * Its manifest is this one.
   *
   * @param cid as the contract took it, readable or not
   */
  record Versioned(Place place, ListingId listing, int version, Bytes cid, Bytes32 sha256)
      implements Fact {}

  /** Its prices are in the document of this SHA-256. */
  record Offered(Place place, ListingId listing, Bytes32 offersRoot) implements Fact {}

  /** Payments for it go here. */
  record PaidTo(Place place, ListingId listing, Address splitter) implements Fact {}
}
