package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.X402;
import java.util.List;
import java.util.Optional;

/**
 * An answer of {@code /discovery/search}, best matches first.
 *
 * @param limit most items of a page
 * @param cursor where the next page begins; empty on the last
 */
public record DiscoverySearch(List<DiscoveryItem> resources, int limit, Optional<String> cursor) {
  public DiscoverySearch {
    resources = List.copyOf(resources);
    if (resources.size() > limit) {
      throw new IllegalArgumentException(resources.size() + " items, limit " + limit);
    }
  }

  public ObjectNode json() {
    var json = HeaderCodec.object().put("x402Version", X402.VERSION);
    var array = json.putArray("resources");
    resources.forEach(item -> array.add(item.json()));
    json.put("partialResults", cursor.isPresent());
    json.putObject("pagination").put("limit", limit).put("cursor", cursor.orElse(null));
    return json;
  }
}
