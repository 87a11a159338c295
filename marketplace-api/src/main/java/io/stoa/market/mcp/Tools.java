package io.stoa.market.mcp;

import io.stoa.market.inference.Shelf;
import io.stoa.market.inference.Ware;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * All tools, in the order in which their listings were first published; made from the shelf once
 * for each change of it, when somebody asks.
 */
@Singleton
final class Tools {
  private final Shelf shelf;
  private volatile Edition edition = new Edition(List.of(), ToolList.of(List.of()));

  Tools(Shelf shelf) {
    this.shelf = shelf;
  }

  private record Edition(List<Ware> wares, ToolList tools) {}

  ToolList now() {
    shelf.requireStocked();
    var wares = shelf.wares();
    var known = edition;
    if (!known.wares.equals(wares)) {
      known = new Edition(wares, ToolList.of(wares));
      edition = known;
    }
    return known.tools;
  }
}
