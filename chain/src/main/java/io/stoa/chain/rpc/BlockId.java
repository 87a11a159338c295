package io.stoa.chain.rpc;

import io.stoa.domain.Bytes32;

/** The block whose state is read (EIP-1898). */
public sealed interface BlockId {
  Latest LATEST = new Latest();

  static BlockId of(Bytes32 hash) {
    return new ByHash(hash);
  }

  static BlockId of(long number) {
    return new ByNumber(number);
  }

  /** The newest block the node has. */
  record Latest() implements BlockId {}

  /** The newest block with what waits to be mined on top. */
  record Pending() implements BlockId {}

  /** The newest block that the chain itself calls final. */
  record Finalized() implements BlockId {}

  /** The block of this number on the node's present fork. */
  record ByNumber(long number) implements BlockId {}

  /** This block and no other; refused when the node does not have it on its present fork. */
  record ByHash(Bytes32 hash) implements BlockId {}
}
