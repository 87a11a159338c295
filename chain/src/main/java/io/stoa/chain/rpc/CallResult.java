package io.stoa.chain.rpc;

import io.stoa.domain.Bytes;

/** How a tried call ended. */
public sealed interface CallResult {
  /** It ran through. A call to an address without code returns nothing. */
  record Returned(Bytes data) implements CallResult {}

  /**
   * It was reverted.
   *
   * @param message the node's words
   * @param data the ABI-encoded error, empty if the contract or the node gives none
   */
  record Reverted(String message, Bytes data) implements CallResult {}
}
