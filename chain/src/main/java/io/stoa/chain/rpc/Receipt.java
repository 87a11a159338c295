package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What became of a mined transaction.
 *
 * @param succeeded false if it was reverted: then it only paid for its gas
 * @param to empty if it created a contract
 * @param effectiveGasPrice wei per gas, tip included
 */
public record Receipt(
    TxHash transaction,
    BlockRef block,
    boolean succeeded,
    Address from,
    Optional<Address> to,
    long gasUsed,
    BigInteger effectiveGasPrice,
    List<Log> logs) {

  public Receipt {
    logs = List.copyOf(logs);
  }
}
