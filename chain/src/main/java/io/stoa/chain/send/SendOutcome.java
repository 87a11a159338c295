package io.stoa.chain.send;

import io.stoa.chain.rpc.Receipt;
import io.stoa.domain.TxHash;

/** What became of a transaction by the deadline. */
public sealed interface SendOutcome {

  /** It is in a block and did what it was meant to. As final as that block. */
  record Mined(Receipt receipt) implements SendOutcome {}

  /** It is in a block and changed nothing. As final as that block. */
  record Reverted(Receipt receipt) implements SendOutcome {}

  /**
   * It will never be on the chain: no transaction was signed, or an empty one is in a block in its
   * place.
   */
  record NotSent(String reason) implements SendOutcome {}

  /**
   * It may be on the chain now or later. Not to be sent anew: the send log keeps it, {@link
   * TransactionSender#await} and {@link TransactionSender#recover} go on with it.
   *
   * @param hash of its latest variant
   */
  record OutcomeUnknown(TxHash hash) implements SendOutcome {}
}
