package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A call that is tried, not sent.
 *
 * @param from the sender it is tried as; empty for the zero address
 * @param value wei sent along
 * @param gas it may use; empty for as much as the node gives
 */
public record Call(
    Optional<Address> from, Address to, Bytes data, BigInteger value, OptionalLong gas) {
  public static Call of(Address to, Bytes data) {
    return of(to, data, BigInteger.ZERO);
  }

  public static Call of(Address to, Bytes data, BigInteger value) {
    return new Call(Optional.empty(), to, data, value, OptionalLong.empty());
  }

  public Call from(Address sender) {
    return new Call(Optional.of(sender), to, data, value, gas);
  }

  /** For code nobody knows: it cannot keep the node busy. */
  public Call withGas(long limit) {
    return new Call(from, to, data, value, OptionalLong.of(limit));
  }
}
