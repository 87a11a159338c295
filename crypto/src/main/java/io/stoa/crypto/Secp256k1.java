package io.stoa.crypto;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.Arrays;
import java.util.Optional;

/** Signs and recovers on the curve of Ethereum. */
public interface Secp256k1 {

  /** The native library where it loads, else Java. */
  static Secp256k1 fastest() {
    return FastestSecp256k1.INSTANCE;
  }

  /** The account that made {@code signature}; empty when no point of the curve fits. */
  Optional<Address> recover(Bytes32 digest, Signature signature);

  /** Deterministic (RFC 6979); fails when the secret is zero or not below the curve's order. */
  Signature sign(Bytes32 digest, Bytes32 secret);

  /** The account of a private key; fails when the secret is zero or not below the curve's order. */
  Address address(Bytes32 secret);

  /** The account of an uncompressed public key of 65 bytes, 04, x, y. */
  static Address address(byte[] publicKey) {
    var digest = Keccak.hash(Arrays.copyOfRange(publicKey, 1, 65)).toBytes();
    return Address.of(Arrays.copyOfRange(digest, 12, 32));
  }
}
