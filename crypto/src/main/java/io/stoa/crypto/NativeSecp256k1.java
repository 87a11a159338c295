package io.stoa.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.Optional;

/** Bitcoin Core's library over JNI. */
final class NativeSecp256k1 implements Secp256k1 {
  private final fr.acinq.secp256k1.Secp256k1 library = fr.acinq.secp256k1.Secp256k1.get();
  private final RecoverableSigning signing = new RecoverableSigning();

  @Override
  public Optional<Address> recover(Bytes32 digest, Signature signature) {
    try {
      return Optional.of(
          Secp256k1.address(
              library.ecdsaRecover(signature.rs(), digest.toBytes(), signature.parity())));
    } catch (Secp256k1Exception noSuchPoint) {
      return Optional.empty();
    }
  }

  @Override
  public Signature sign(Bytes32 digest, Bytes32 secret) {
    return signing.sign(digest, secret);
  }

  @Override
  public Address address(Bytes32 secret) {
    try {
      return Secp256k1.address(library.pubkeyCreate(secret.toBytes()));
    } catch (Secp256k1Exception outOfRange) {
      throw new IllegalArgumentException("not a private key", outOfRange);
    }
  }
}
