package io.stoa.persistence.till;

import io.stoa.domain.channel.ChannelId;
import java.time.Instant;
import java.util.Optional;

/**
 * The right to charge one call to a channel, once: it ends when the call is charged, released, or
 * taken over after its lease.
 *
 * @param unwritten where only this instance knows of the call: it is then charged if nobody else
 *     reserved anything of the channel since, and is gone with the instance
 */
public record Hold(ChannelId channel, long fence, Optional<Unwritten> unwritten) {

  /** Of a call that is written down. */
  public Hold(ChannelId channel, long fence) {
    this(channel, fence, Optional.empty());
  }

  /** What will be written with the charge. */
  public record Unwritten(Reservation reservation, Instant since) {}
}
