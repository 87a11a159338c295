package io.stoa.market.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.listing.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of listings.
 *
 * @param next pass it as {@code after} for the next page; absent on the last one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListingPage(List<ListingView> items, @Nullable String next) {
  /**
   * Makes a page of one listing more than fits, if there are more.
   *
   * @param size how many fit
   */
  static ListingPage of(List<Listing> found, int size) {
    var items = found.stream().limit(size).map(ListingView::of).toList();
    boolean hasMore = found.size() > size;
    return new ListingPage(items, hasMore ? Long.toString(items.getLast().id()) : null);
  }
}
