package io.stoa.market.operations;

import io.stoa.domain.Address;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;

/**
 * What the node found when it last looked at what it depends on.
 *
 * @param head the chain's newest block
 * @param mirrored the last block whose events are in the mirror; -1 before the first
 * @param balances wei of each sender
 */
record Sample(Instant takenAt, long head, long mirrored, Map<Address, BigInteger> balances) {
  Sample {
    balances = Map.copyOf(balances);
  }

  /** A mirror that is ahead, of blocks that a reorganisation took away, does not lag. */
  long lag() {
    return Math.max(0, head - mirrored);
  }
}
