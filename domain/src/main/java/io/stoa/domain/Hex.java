package io.stoa.domain;

import java.util.HexFormat;

/** Reads {@code 0x} and hex digits of either case. */
final class Hex {
  private static final HexFormat DIGITS = HexFormat.of();

  private Hex() {}

  /**
   * Exactly {@code size} bytes.
   *
   * @param otherwise what an {@link IllegalArgumentException} says of anything else
   */
  static byte[] parse(String hex, int size, String otherwise) {
    if (hex.startsWith("0x") && hex.length() == 2 + 2 * size) {
      try {
        return DIGITS.parseHex(hex, 2, hex.length());
      } catch (IllegalArgumentException notHex) {
        throw new IllegalArgumentException(otherwise);
      }
    }
    throw new IllegalArgumentException(otherwise);
  }
}
