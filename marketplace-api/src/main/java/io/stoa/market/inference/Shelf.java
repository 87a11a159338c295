package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingPath;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What is for sale, in memory: a 402 is built from it without the database and without the chain.
 */
public final class Shelf {
  private volatile Map<ListingPath, Sale> sales = Map.of();
  private volatile List<Ware> wares = List.of();
  private volatile boolean isStocked;

  Shelf() {}

  /**
   * Everything, by ascending id of the listings. A new list when something changed, and only then.
   */
  public List<Ware> wares() {
    return wares;
  }

  Sale get(ListingPath path) {
    requireStocked();
    var sale = sales.get(path);
    if (sale == null) {
      throw new MarketException.NotFound("listing-unknown", path + " is not for sale here.");
    }
    return sale;
  }

  /** Who paid before this instance started must not be told that there is nothing to be had. */
  public void requireStocked() {
    if (!isStocked) {
      throw new MarketException.Unavailable(
          "not-stocked", "This instance has just started: ask again.", null);
    }
  }

  void replace(Map<ListingPath, Sale> current) {
    sales = Map.copyOf(current);
    var fresh =
        current.values().stream()
            .map(Sale::ware)
            .sorted(Comparator.comparingLong(ware -> ware.id().value()))
            .toList();
    if (!fresh.equals(wares)) {
      wares = fresh;
    }
    isStocked = true;
  }
}
