package io.stoa.demo;

/** Turns texts into points such that similar meanings lie close together. Safe for many threads. */
interface Embedder {
  /** The public name of the model. */
  String model();

  /** Length of every vector. */
  int dimensions();

  /** Blocks for some milliseconds a hundred words. */
  Embedded embed(String text);

  /**
   * @param vector of length one; not copied, not to be written to
   * @param tokens that the model read, without the two it puts around every text
   */
  @SuppressWarnings("ArrayRecordComponent") // handed from the model to the encoder, never compared
  record Embedded(float[] vector, int tokens) {}
}
