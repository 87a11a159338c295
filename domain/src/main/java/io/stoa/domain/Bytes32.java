package io.stoa.domain;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Exactly 32 bytes: a digest, a nonce, a salt. Written as {@code 0x} and 64 lower-case hex digits.
 */
public final class Bytes32 implements Comparable<Bytes32> {
  public static final Bytes32 ZERO = new Bytes32(new byte[32]);

  private final byte[] bytes;

  private Bytes32(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}. */
  public static Bytes32 of(byte[] bytes) {
    if (bytes.length != 32) {
      throw new IllegalArgumentException("not 32 bytes: " + bytes.length);
    }
    return new Bytes32(bytes.clone());
  }

  /** The big-endian form of a uint256. */
  public static Bytes32 of(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256: " + value);
    }
    var magnitude = value.toByteArray();
    var bytes = new byte[32];
    int length = Math.min(magnitude.length, 32);
    System.arraycopy(magnitude, magnitude.length - length, bytes, 32 - length, length);
    return new Bytes32(bytes);
  }

  /** The SHA-256 of {@code content}. */
  public static Bytes32 sha256(byte[] content) {
    try {
      return new Bytes32(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public static Bytes32 parse(String hex) {
    return new Bytes32(Hex.parse(hex, 32, "not 32 bytes of 0x-hex"));
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  public BigInteger toUnsigned() {
    return new BigInteger(1, bytes);
  }

  @Override
  public int compareTo(Bytes32 other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes32 that && Arrays.equals(bytes, that.bytes);
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
