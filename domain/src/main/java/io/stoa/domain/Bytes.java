package io.stoa.domain;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Any number of bytes that nobody changes: call data, log data, a body. Written as {@code 0x} and
 * hex digits.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final Pattern FORM = Pattern.compile("0x(?:[0-9a-fA-F]{2})*+");

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
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("not bytes in 0x-hex");
    }
    return new Bytes(HexFormat.of().parseHex(hex, 2, hex.length()));
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
