package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;

/** A channel, and where it stands. */
public record ChannelAccount(ChannelId id, ChannelConfig config, Standing standing) {}
