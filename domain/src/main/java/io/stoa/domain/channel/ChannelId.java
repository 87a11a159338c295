package io.stoa.domain.channel;

import io.stoa.domain.Bytes32;

/** Names a channel: the EIP-712 digest of its configuration in the channel contract's domain. */
public record ChannelId(Bytes32 value) {
  public static ChannelId parse(String hex) {
    return new ChannelId(Bytes32.parse(hex));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
