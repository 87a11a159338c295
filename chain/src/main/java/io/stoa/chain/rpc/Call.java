package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A call that is tried, not sent.
 *
 * @param from the sender it is tried as; empty for the zero address
 * @param value wei sent along
 */
public record Call(Optional<Address> from, Address to, Bytes data, BigInteger value) {
  public static Call of(Address to, Bytes data) {
    return new Call(Optional.empty(), to, data, BigInteger.ZERO);
  }

  public Call from(Address sender) {
    return new Call(Optional.of(sender), to, data, value);
  }
}
