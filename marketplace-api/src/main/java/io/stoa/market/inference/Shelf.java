package io.stoa.market.inference;

import io.stoa.domain.listing.ListingPath;
import java.util.Map;
import java.util.Optional;

/**
 * What is for sale, in memory: a 402 is built from it without the database and without the chain.
 */
final class Shelf {
  private volatile Map<ListingPath, Sale> sales = Map.of();

  Optional<Sale> find(ListingPath path) {
    return Optional.ofNullable(sales.get(path));
  }

  void replace(Map<ListingPath, Sale> current) {
    sales = Map.copyOf(current);
  }
}
