package io.stoa.domain;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Any number of bytes that nobody changes: call data, log data, a body. Written as {@code 0x} and
 * hex digits.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** Copies {@code content}. */
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  /** Takes {@code content} over: whoever gave it must not touch it again. */
  public static Bytes wrap(byte[] content) {
    return new Bytes(content);
  }

  public static Bytes parse(String hex) {
    return new Bytes(Hex.parse(hex, (hex.length() - 2) / 2, "not bytes in 0x-hex"));
  }

  public int size() {
    return content.length;
  }

  public boolean isEmpty() {
    return content.length == 0;
  }

  public byte[] toBytes() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return "0x" + HexFormat.of().formatHex(content);
  }
}
