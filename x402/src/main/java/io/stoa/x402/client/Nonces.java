package io.stoa.x402.client;

import io.stoa.domain.Bytes32;
import java.security.SecureRandom;

/** Numbers that nobody used before and nobody can guess. */
final class Nonces {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Nonces() {}

  static Bytes32 fresh() {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
