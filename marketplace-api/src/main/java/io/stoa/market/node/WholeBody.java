package io.stoa.market.node;

import io.quarkus.runtime.configuration.MemorySize;

/** How large a body may be that is held in memory as a whole. */
public final class WholeBody {
  private WholeBody() {}

  /** The bytes of {@code size}; the node does not start if those are more than an array holds. */
  public static int bytes(String key, MemorySize size) {
    var bytes = size.asBigInteger();
    if (bytes.bitLength() >= Integer.SIZE) {
      throw new StartFailure(key + " must be less than 2G.");
    }
    return bytes.intValueExact();
  }
}
