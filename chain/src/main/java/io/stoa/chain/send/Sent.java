package io.stoa.chain.send;

import io.stoa.domain.Address;
import java.util.List;
import java.util.Optional;

/**
 * Everything that was ever signed for one nonce of one account.
 *
 * @param purposes what it is for, in words of whoever asked for it, such as payment ids
 * @param variants the transactions of this nonce, oldest first, at least one; each replaces the one
 *     before it, any of them may be the one that is mined
 * @param outcome empty while it is open
 */
public record Sent(
    Address account,
    long nonce,
    List<String> purposes,
    List<SignedTransaction> variants,
    Optional<Outcome> outcome) {

  public Sent {
    purposes = List.copyOf(purposes);
    variants = List.copyOf(variants);
    if (nonce < 0 || variants.isEmpty()) {
      throw new IllegalArgumentException("a send has a nonce and a transaction");
    }
  }

  /** The variant that counts unless an earlier one is mined first. */
  public SignedTransaction latest() {
    return variants.getLast();
  }
}
