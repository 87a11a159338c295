package io.stoa.chain.send;

import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;

/**
 * What used up a nonce. As final as the block that shows it: a reorganisation may make it untrue
 * ({@link SendLog#reopen}).
 */
public sealed interface Outcome {

  /** The transaction that was meant. */
  record Mined(TxHash transaction, BlockRef block, boolean succeeded) implements Outcome {}

  /** An empty transfer to itself, sent because the transaction that was meant could not be. */
  record Cancelled(TxHash transaction, BlockRef block) implements Outcome {}

  /** A transaction that this log knows nothing of: the key was used elsewhere too. */
  record Displaced() implements Outcome {}
}
