package io.stoa.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum uses it: the padding before FIPS 202, so not SHA3-256. */
public final class Keccak {
  private Keccak() {}

  /** The digest of all {@code parts}, one after the other. */
  public static Bytes32 hash(byte[]... parts) {
    var digest = new KeccakDigest(256);
    for (var part : parts) {
      digest.update(part, 0, part.length);
    }
    var result = new byte[32];
    digest.doFinal(result, 0);
    return Bytes32.of(result);
  }

  public static Bytes32 hash(String text) {
    return hash(text.getBytes(UTF_8));
  }
}
