package io.stoa.domain;

import java.util.regex.Pattern;

/** An EVM chain, written as CAIP-2: {@code eip155:31337}. */
public record ChainId(long value) {
  private static final Pattern CAIP2 = Pattern.compile("eip155:([1-9][0-9]{0,17})");

  public ChainId {
    if (value <= 0) {
      throw new IllegalArgumentException("not a chain id: " + value);
    }
  }

  public static ChainId parse(String caip2) {
    var matcher = CAIP2.matcher(caip2);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an EVM network such as eip155:1");
    }
    return new ChainId(Long.parseLong(matcher.group(1)));
  }

  @Override
  public String toString() {
    return "eip155:" + value;
  }
}
