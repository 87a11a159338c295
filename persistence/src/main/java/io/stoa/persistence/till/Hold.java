package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelId;

/**
 * The right to charge one call to a channel, once: it ends when the call is charged, released, or
 * taken over after its lease.
 */
public record Hold(ChannelId channel, long fence) {}
