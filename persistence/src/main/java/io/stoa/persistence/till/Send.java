package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import java.util.List;
import java.util.Optional;

/**
 * One nonce of one of the node's accounts, and everything that was signed for it.
 *
 * @param purposes what it is for, such as payments
 * @param variants raw transactions, oldest first
 * @param end empty while the nonce is not used up
 */
public record Send(
    Address account, long nonce, List<String> purposes, List<Bytes> variants, Optional<End> end) {
  public Send {
    purposes = List.copyOf(purposes);
    variants = List.copyOf(variants);
  }

  /** What used the nonce up. */
  public sealed interface End {
    /** What was meant. */
    record Mined(TxHash transaction, BlockRef block, boolean succeeded) implements End {}

    /** An empty transfer in its place. */
    record Cancelled(TxHash transaction, BlockRef block) implements End {}

    /** A transaction that is not ours. */
    record Displaced() implements End {}
  }
}
