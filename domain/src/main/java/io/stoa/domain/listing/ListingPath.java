package io.stoa.domain.listing;

/**
 * The permanent name of a listing: {@code provider/service}. A sale of the title does not change
 * it.
 */
public record ListingPath(Provider provider, ServiceName service) {
  public static ListingPath parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not a listing such as stoa/minilm");
    }
    return new ListingPath(
        Provider.parse(text.substring(0, slash)), new ServiceName(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return provider + "/" + service;
  }
}
