package io.stoa.chain.rpc;

import io.stoa.domain.Bytes;

/** What a call would use if it were sent now. */
public sealed interface GasEstimate {
  record Uses(long gas) implements GasEstimate {}

  /** It would be reverted, or use up all gas it could be given. */
  record Fails(String message, Bytes data) implements GasEstimate {}
}
