package io.stoa.domain.listing;

/** The token id of a listing's title: counted up from 1, never reused. */
public record ListingId(long value) {
  public ListingId {
    if (value <= 0) {
      throw new IllegalArgumentException("not a listing id: " + value);
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
