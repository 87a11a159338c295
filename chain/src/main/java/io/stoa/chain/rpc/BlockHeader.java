package io.stoa.chain.rpc;

import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Instant;

/**
 * A block without its transactions.
 *
 * @param parent the hash of the block before it
 * @param timestamp Unix seconds
 * @param baseFee wei per gas (EIP-1559); zero on a chain without one
 */
public record BlockHeader(BlockRef ref, Bytes32 parent, long timestamp, BigInteger baseFee) {
  public long number() {
    return ref.number();
  }

  public Bytes32 hash() {
    return ref.hash();
  }

  public Instant time() {
    return Instant.ofEpochSecond(timestamp);
  }
}
