package io.stoa.market.inference;

import io.stoa.domain.listing.ListingPath;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is for sale, in memory: a 402 is built from it without the database and without the chain.
 */
public final class Shelf {
  private volatile Map<ListingPath, Sale> sales = Map.of();
  private volatile List<Ware> wares = List.of();
  private volatile boolean isStocked;

  Shelf() {}

  /** Everything, by ascending id of the listings. A new list whenever something changed. */
  public List<Ware> wares() {
    return wares;
  }

  /** Whether what is for sale has been read since this instance started. */
  boolean isStocked() {
    return isStocked;
  }

  Optional<Sale> find(ListingPath path) {
    return Optional.ofNullable(sales.get(path));
  }

  void replace(Map<ListingPath, Sale> current) {
    sales = Map.copyOf(current);
    wares =
        current.values().stream()
            .map(Sale::ware)
            .sorted(Comparator.comparingLong(ware -> ware.id().value()))
            .toList();
    isStocked = true;
  }
}
