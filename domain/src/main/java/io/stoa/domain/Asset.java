package io.stoa.domain;

import java.util.regex.Pattern;

/** An ERC-20 token, written as CAIP-19: {@code eip155:31337/erc20:0x…}. */
public record Asset(ChainId chain, Address token) {
  private static final Pattern CAIP19 =
      Pattern.compile("(eip155:[0-9]+)/erc20:(0x[0-9a-fA-F]{40})");

  public static Asset parse(String caip19) {
    var matcher = CAIP19.matcher(caip19);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an asset such as eip155:1/erc20:0x…");
    }
    return new Asset(ChainId.parse(matcher.group(1)), Address.parse(matcher.group(2)));
  }

  @Override
  public String toString() {
    return chain + "/erc20:" + token;
  }
}
