package io.stoa.x402;

/** Whether a payment is good, by the rules of its scheme. */
public sealed interface Verification<T> {

  /** It holds, as far as was looked. */
  record Valid<T>(T payment) implements Verification<T> {}

  /**
   * @param reason the protocol's code for the first rule it breaks
   */
  record Invalid<T>(String reason) implements Verification<T> {}
}
