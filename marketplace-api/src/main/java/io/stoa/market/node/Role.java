package io.stoa.market.node;

/** What an instance may do; any number of instances may share a database. */
public enum Role {
  /** Answers requests. */
  API,
  /** Follows the chain: one instance at a time, the others stand by. */
  INDEXER,
  /** Carries payments to the chain and reconciles them. */
  SETTLER
}
