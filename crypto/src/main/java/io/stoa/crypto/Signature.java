package io.stoa.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A recoverable secp256k1 signature in its one canonical form, as USDC and OpenZeppelin demand it:
 * 65 bytes r, s, v with 0 &lt; r &lt; n, 0 &lt; s ≤ n/2 and v 27 or 28. Any other encoding of the
 * same signature is refused, so that what is accepted here is accepted on the chain.
 */
public final class Signature {
  public static final int LENGTH = 65;

  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final byte[] N = unsigned(ORDER);
  private static final byte[] HALF_N = unsigned(ORDER.shiftRight(1));
  private static final byte[] ZERO = new byte[32];

  private final byte[] bytes;

  private Signature(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Fails with an {@link IllegalArgumentException} that names the broken rule. */
  public static Signature strict(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("not a signature of 65 bytes: " + bytes.length);
    }
    if (Arrays.equals(bytes, 0, 32, ZERO, 0, 32)
        || Arrays.compareUnsigned(bytes, 0, 32, N, 0, 32) >= 0) {
      throw new IllegalArgumentException("r is not between 0 and the order of the curve");
    }
    if (Arrays.equals(bytes, 32, 64, ZERO, 0, 32)
        || Arrays.compareUnsigned(bytes, 32, 64, HALF_N, 0, 32) > 0) {
      throw new IllegalArgumentException("s is zero, or not in the lower half");
    }
    if (bytes[64] != 27 && bytes[64] != 28) {
      throw new IllegalArgumentException("v is neither 27 nor 28");
    }
    return new Signature(bytes.clone());
  }

  /** Takes r and s of 32 bytes each, and the parity of the curve point R. */
  static Signature of(byte[] rs, int parity) {
    var bytes = Arrays.copyOf(rs, LENGTH);
    bytes[64] = (byte) (27 + parity);
    return strict(bytes);
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** 0 or 1: the parity of the curve point R. */
  public int parity() {
    return bytes[64] - 27;
  }

  byte[] rs() {
    return Arrays.copyOf(bytes, 64);
  }

  private static byte[] unsigned(BigInteger value) {
    var magnitude = value.toByteArray();
    var result = new byte[32];
    int length = Math.min(magnitude.length, 32);
    System.arraycopy(magnitude, magnitude.length - length, result, 32 - length, length);
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Signature that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
