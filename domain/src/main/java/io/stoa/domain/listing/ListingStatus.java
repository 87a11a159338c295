package io.stoa.domain.listing;

/**
 * Where a listing stands on the chain. The order is that of the contract's enumeration and never
 * changes.
 */
public enum ListingStatus {
  /** For sale. */
  ACTIVE,
  /** Taken off sale for now, by its owner or user. */
  PAUSED,
  /** Taken off sale for good, by its owner. */
  RETIRED,
  /** Taken off sale by the court or the DAO. */
  SUSPENDED
}
