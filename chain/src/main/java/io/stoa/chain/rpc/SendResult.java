package io.stoa.chain.rpc;

/** What the node said to a raw transaction. */
public sealed interface SendResult {
  /** The node has it and passes it on. */
  record Accepted() implements SendResult {}

  /** The node had it already. */
  record AlreadyKnown() implements SendResult {}

  /** Its nonce is used up on the chain: by this very transaction or by another. */
  record NonceTooLow() implements SendResult {}

  /** An earlier nonce is missing, and the node keeps nothing that has to wait for it. */
  record NonceTooHigh() implements SendResult {}

  /**
   * It pays too little: less than the base fee, less than the node wants, or not enough more than
   * the waiting transaction that it would replace.
   */
  record Underpriced() implements SendResult {}

  /** The sender cannot pay for its gas and value. */
  record InsufficientFunds() implements SendResult {}

  /** The node will not take it, for another reason. */
  record Refused(int code, String reason) implements SendResult {}

  /** The answer was lost: the node may have it or not. */
  record Unknown(String reason) implements SendResult {}
}
