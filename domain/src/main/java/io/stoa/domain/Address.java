package io.stoa.domain;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An account or contract on an EVM chain: 20 bytes. Two spellings of one address are equal; the
 * canonical spelling is lower-case.
 */
public final class Address implements Comparable<Address> {
  public static final Address ZERO = new Address(new byte[20]);

  private final byte[] bytes;

  private Address(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}. */
  public static Address of(byte[] bytes) {
    if (bytes.length != 20) {
      throw new IllegalArgumentException("not 20 bytes: " + bytes.length);
    }
    return new Address(bytes.clone());
  }

  /** Takes any mix of cases: the EIP-55 checksum is not checked. */
  public static Address parse(String hex) {
    return new Address(Hex.parse(hex, 20, "not an address of 0x and 40 hex digits"));
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public int compareTo(Address other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Address that && Arrays.equals(bytes, that.bytes);
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
