package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;
import java.math.BigInteger;

/**
 * What one transaction did to a channel by its receipt.
 *
 * @param amount what went in, was claimed, or went back
 */
public record ChannelMove(Kind kind, TxHash transaction, BigInteger amount, BlockRef block) {
  /** Which event of the channel contract told it. */
  public enum Kind {
    DEPOSIT,
    CLAIM,
    REFUND,
    WITHDRAWAL
  }
}
