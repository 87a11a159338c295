package io.stoa.market.discovery;

import io.stoa.market.inference.Shelf;
import io.stoa.market.inference.Ware;
import io.stoa.market.node.Origin;
import io.stoa.x402.extension.DiscoveryPage;
import io.stoa.x402.extension.DiscoverySearch;
import io.stoa.x402.extension.OriginManifest;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that is sold here, in the order in which it was first published; made from the shelf once for
 * each change of it, when somebody asks.
 */
@Singleton
final class Catalogue {
  /** Of the origin's manifest, which has no pages. */
  private static final int MOST_MANIFESTED = 500;

  private final Shelf shelf;
  private final Origin origin;
  private volatile Edition edition = new Edition(List.of(), List.of());

  Catalogue(Shelf shelf, Origin origin) {
    this.shelf = shelf;
    this.origin = origin;
  }

  private record Edition(List<Ware> wares, List<Entry> entries) {}

  DiscoveryPage page(Filter filter, int limit, int offset) {
    var wanted = entries().stream().filter(entry -> filter.admits(entry.item())).toList();
    var items = wanted.stream().skip(offset).limit(limit).map(Entry::item).toList();
    return new DiscoveryPage(items, limit, offset, wanted.size());
  }

  DiscoverySearch search(Search search, Filter filter, int limit, Optional<Search.Hit> after) {
    return search.in(entries(), filter, limit, after);
  }

  /** What is described, as far as one document goes. */
  OriginManifest manifest() {
    var entries = entries();
    var items = entries.stream().flatMap(entry -> entry.manifested().stream());
    var newest =
        entries.stream()
            .map(entry -> entry.item().lastUpdated())
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH);
    return new OriginManifest(newest, items.limit(MOST_MANIFESTED).toList());
  }

  private List<Entry> entries() {
    var wares = shelf.wares();
    var known = edition;
    if (!known.wares.equals(wares)) {
      known =
          new Edition(wares, wares.stream().flatMap(ware -> Entry.of(ware, origin.uri())).toList());
      edition = known;
    }
    return known.entries;
  }
}
