package io.stoa.domain.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentId;

/**
 * One call that a channel was charged for.
 *
 * @param fence counts the calls of the channel at the node that serves them: from 1, with gaps
 *     where a call came to nothing
 */
public record ChannelCall(ChannelId channel, long fence) {
  public ChannelCall {
    if (fence < 1) {
      throw new IllegalArgumentException("not the number of a call: " + fence);
    }
  }

  /** Names it in public, as other payments are named: the SHA-256 of a text that says all of it. */
  public PaymentId payment() {
    return new PaymentId(Bytes32.sha256(("channel " + channel + " " + fence).getBytes(UTF_8)));
  }
}
