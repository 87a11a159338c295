package io.stoa.chain.registry;

import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.listing.ListingId;

/** One share of a listing's revenue. */
public sealed interface Split {
  BasisPoints share();

  /** For whoever owns the listing's title when revenue is divided. */
  record ToTitle(BasisPoints share) implements Split {}

  /** For a fixed account. */
  record ToAccount(Address account, BasisPoints share) implements Split {}

  /** For the splitter of an older listing. */
  record ToListing(ListingId listing, BasisPoints share) implements Split {}
}
