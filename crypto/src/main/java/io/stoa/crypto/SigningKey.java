package io.stoa.crypto;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;

/** A private key and the account it speaks for. Prints as its account, never as its secret. */
public final class SigningKey {
  private final Bytes32 secret;
  private final Address address;

  private SigningKey(Bytes32 secret) {
    this.secret = secret;
    this.address = Secp256k1.fastest().address(secret);
  }

  /** Fails when the secret is zero or not below the curve's order. */
  public static SigningKey of(Bytes32 secret) {
    return new SigningKey(secret);
  }

  public Address address() {
    return address;
  }

  public Signature sign(Bytes32 digest) {
    return Secp256k1.fastest().sign(digest, secret);
  }

  /** The secret itself, for a keystore. */
  public Bytes32 reveal() {
    return secret;
  }

  @Override
  public String toString() {
    return address + ":***";
  }
}
