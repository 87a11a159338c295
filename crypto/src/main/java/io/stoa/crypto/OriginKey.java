package io.stoa.crypto;

import io.stoa.domain.Bytes32;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The Ed25519 key (RFC 8032) with which a node shows providers that a request is its own. Prints as
 * its public half.
 */
public final class OriginKey {
  private final Ed25519PrivateKeyParameters secret;
  private final Bytes32 publicKey;

  private OriginKey(Ed25519PrivateKeyParameters secret) {
    this.secret = secret;
    this.publicKey = Bytes32.of(secret.generatePublicKey().getEncoded());
  }

  public static OriginKey of(Bytes32 seed) {
    return new OriginKey(new Ed25519PrivateKeyParameters(seed.toBytes()));
  }

  public Bytes32 publicKey() {
    return publicKey;
  }

  /** 64 bytes. */
  public byte[] sign(byte[] message) {
    var signer = new Ed25519Signer();
    signer.init(true, secret);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  public static boolean verify(Bytes32 publicKey, byte[] message, byte[] signature) {
    var verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(publicKey.toBytes()));
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  @Override
  public String toString() {
    return publicKey + ":***";
  }
}
