package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import java.math.BigInteger;

/** A channel, and where it stands. */
public record ChannelAccount(ChannelId id, ChannelConfig config, Standing standing) {

  /** The same while a call in progress may add so much. */
  ChannelAccount reserving(BigInteger amount) {
    return new ChannelAccount(id, config, standing.reserving(amount));
  }
}
