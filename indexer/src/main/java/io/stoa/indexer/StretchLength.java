package io.stoa.indexer;

/** How many blocks to ask for at once: as many as the node gives, and as are good to write. */
final class StretchLength {
  private static final int FIRST = 1_000;
  private static final int LONGEST = 20_000;
  private static final int FEW_LOGS = 1_000;
  private static final int MANY_LOGS = 10_000;

  private int blocks = FIRST;

  int blocks() {
    return blocks;
  }

  /** After a refusal. Returns whether there is anything left to shorten. */
  boolean shorten() {
    boolean shortens = blocks > 1;
    blocks = Math.max(1, blocks / 2);
    return shortens;
  }

  /**
   * After an answer.
   *
   * @param logs how many it held
   */
  void read(int logs) {
    if (logs > MANY_LOGS) {
      shorten();
    } else if (logs < FEW_LOGS) {
      blocks = Math.min(LONGEST, 2 * blocks);
    }
  }
}
