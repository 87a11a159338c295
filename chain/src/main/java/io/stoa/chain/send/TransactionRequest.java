package io.stoa.chain.send;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.util.OptionalLong;

/**
 * A transaction before it has a nonce and a price.
 *
 * @param value wei sent along
 * @param gasLimit if empty, the node's estimate and a margin
 */
public record TransactionRequest(Address to, BigInteger value, Bytes data, OptionalLong gasLimit) {

  /** Calls a contract without sending it any wei. */
  public static TransactionRequest call(Address to, Bytes data) {
    return new TransactionRequest(to, BigInteger.ZERO, data, OptionalLong.empty());
  }

  public TransactionRequest withGasLimit(long limit) {
    return new TransactionRequest(to, value, data, OptionalLong.of(limit));
  }
}
