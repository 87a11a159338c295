package io.stoa.chain.deploy;

import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.util.Arrays;

/**
 * The deterministic deployment proxy: it takes a salt and the code of a contract's creation, and
 * places the contract where only these two decide (EIP-1014), whoever calls it.
 */
final class Create2 {
  static final Address PROXY = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C");

  private static final byte[] PREFIX = {(byte) 0xff};

  private Create2() {}

  static Address addressOf(Bytes32 salt, byte[] creation) {
    var digest =
        Keccak.hash(PREFIX, PROXY.toBytes(), salt.toBytes(), Keccak.hash(creation).toBytes());
    return Address.of(Arrays.copyOfRange(digest.toBytes(), 12, 32));
  }

  /** What the proxy is called with. */
  static Bytes call(Bytes32 salt, byte[] creation) {
    var data = Arrays.copyOf(salt.toBytes(), 32 + creation.length);
    System.arraycopy(creation, 0, data, 32, creation.length);
    return Bytes.of(data);
  }
}
