package io.stoa.persistence.mirror;

import io.smallrye.mutiny.Uni;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Provider;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads the catalogue of one chain. */
public interface Listings {

  Uni<Optional<Listing>> find(ListingPath path);

  /**
   * One page, by ascending id. Listings whose documents are missing or bad are among them, with the
   * reason, unless the query leaves them out.
   */
  Uni<List<Listing>> page(Query query);

  /** The manifests of a listing, the newest first; empty when there is no such listing. */
  Uni<List<Version>> versions(ListingPath path);

  /**
   * Which listings are wanted.
   *
   * @param text words that must all stand in the path, the title or the description, in any case
   * @param after only listings with a higher id
   * @param limit how many at most
   */
  record Query(
      Optional<ListingKind> kind,
      Optional<Provider> provider,
      Optional<String> text,
      Availability availability,
      Optional<ListingId> after,
      int limit) {

    /** Whatever its availability. */
    public Query(
        Optional<ListingKind> kind,
        Optional<Provider> provider,
        Optional<String> text,
        Optional<ListingId> after,
        int limit) {
      this(kind, provider, text, Availability.ANY, after, limit);
    }
  }

  /** Whether a listing can be had: it is active, and its documents are there and good. */
  enum Availability {
    ANY,
    FOR_SALE,
    NOT_FOR_SALE
  }

  /**
   * One published manifest.
   *
   * @param cid empty when the chain holds one of a form that is not read here
   */
  record Version(int version, Optional<Cid> cid, Bytes32 sha256, Instant publishedAt) {}
}
