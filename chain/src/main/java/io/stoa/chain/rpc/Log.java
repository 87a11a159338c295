package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import java.util.List;

/**
 * An event as a contract logged it.
 *
 * @param topics zero to four; the first names the event unless it is anonymous
 * @param transactionIndex place of the transaction in its block, from 0
 * @param index place of the log in its block, from 0
 */
public record Log(
    Address address,
    List<Bytes32> topics,
    Bytes data,
    BlockRef block,
    TxHash transaction,
    int transactionIndex,
    int index) {

  public Log {
    topics = List.copyOf(topics);
  }
}
