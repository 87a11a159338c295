package io.stoa.chain.rpc;

/** From when on a block is taken to stay. */
public sealed interface Finality {
  /** When the chain calls it final. */
  record Tagged() implements Finality {}

  /**
   * When this many blocks stand on top of it.
   *
   * @param blocks 0 takes the newest block at its word
   */
  record Depth(long blocks) implements Finality {
    public Depth {
      if (blocks < 0) {
        throw new IllegalArgumentException("not a depth: " + blocks);
      }
    }
  }
}
