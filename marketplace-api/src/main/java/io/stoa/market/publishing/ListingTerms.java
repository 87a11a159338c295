package io.stoa.market.publishing;

import io.stoa.chain.registry.Split;
import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import io.stoa.market.web.JsonBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Under which name a listing is to be published, by whom, and who gets its revenue.
 *
 * @param owner sends the transaction and holds the title
 * @param handle claimed by the owner; without one the owner's address stands in its place
 * @param splits sum to the whole
 */
record ListingTerms(
    Address owner, Optional<Provider.Handle> handle, ServiceName service, List<Split> splits) {
  /** The fields of a request that make up the terms. */
  static final List<String> FIELDS = List.of("owner", "handle", "service", "splits");

  private static final int MOST_PAYEES = 16;

  ListingTerms {
    splits = List.copyOf(splits);
  }

  static ListingTerms read(JsonBody body) {
    return new ListingTerms(
        body.get("owner", Address::parse),
        body.find("handle", Provider.Handle::new),
        body.get("service", ServiceName::new),
        body.has("splits") ? splits(body) : List.of(new Split.ToTitle(whole())));
  }

  ListingPath path() {
    Provider provider = handle.isPresent() ? handle.get() : new Provider.Unnamed(owner);
    return new ListingPath(provider, service);
  }

  private static List<Split> splits(JsonBody body) {
    var splits = new ArrayList<Split>();
    int sum = 0;
    for (var entry : body.objects("splits", MOST_PAYEES, "to", "bps")) {
      int bps = entry.number("bps", 1, BasisPoints.WHOLE);
      splits.add(entry.get("to", to -> split(to, new BasisPoints(bps))));
      sum += bps;
    }
    if (sum != BasisPoints.WHOLE) {
      throw body.malformed("splits", "not dividing 10,000 basis points, but %,d".formatted(sum));
    }
    return splits;
  }

  private static Split split(String to, BasisPoints share) {
    if (to.equals("title")) {
      return new Split.ToTitle(share);
    }
    if (to.startsWith("listing:")) {
      return new Split.ToListing(listing(to.substring("listing:".length())), share);
    }
    if (to.startsWith("0x")) {
      return new Split.ToAccount(Address.parse(to), share);
    }
    throw new IllegalArgumentException("neither title, nor an address, nor such as listing:17");
  }

  private static ListingId listing(String digits) {
    try {
      return new ListingId(Long.parseLong(digits));
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException("not a listing such as listing:17", malformed);
    }
  }

  private static BasisPoints whole() {
    return new BasisPoints(BasisPoints.WHOLE);
  }
}
