package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.X402;
import java.util.List;

/**
 * An answer of {@code /discovery/resources}.
 *
 * @param limit most items of a page: 1 to {@link #MAX_LIMIT}
 * @param offset items before this page
 * @param total items that match, on all pages
 */
public record DiscoveryPage(List<DiscoveryItem> items, int limit, long offset, long total) {
  public static final int DEFAULT_LIMIT = 20;
  public static final int MAX_LIMIT = 100;

  public DiscoveryPage {
    items = List.copyOf(items);
    if (limit < 1 || limit > MAX_LIMIT || items.size() > limit || offset < 0 || total < 0) {
      throw new IllegalArgumentException(
          "%d items, limit %d, offset %d, total %d".formatted(items.size(), limit, offset, total));
    }
  }

  public ObjectNode json() {
    var json = HeaderCodec.object().put("x402Version", X402.VERSION);
    var array = json.putArray("items");
    items.forEach(item -> array.add(item.json()));
    json.putObject("pagination").put("limit", limit).put("offset", offset).put("total", total);
    return json;
  }
}
