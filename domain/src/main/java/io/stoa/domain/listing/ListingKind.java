package io.stoa.domain.listing;

/** What is sold. The order is that of the contract's enumeration and never changes. */
public enum ListingKind {
  MODEL,
  AGENT,
  MCP_TOOL,
  DATASET,
  ALGORITHM,
  GPU_OFFER,
  DATA_FEED,
  INDEX,
  BUNDLE
}
