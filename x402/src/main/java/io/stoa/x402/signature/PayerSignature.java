package io.stoa.x402.signature;

import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;

/**
 * A payer's signature under what it is for, judged as far as that goes without the chain.
 *
 * @param origin which key made it; decides alone while the payer has no code
 */
public record PayerSignature(Address payer, Bytes32 digest, Bytes bytes, Origin origin) {

  /** What recovery says. */
  public enum Origin {
    /** The payer's key, in the one canonical form. */
    PAYER,
    /** Another key, in that form: good only if a contract at the payer's address says so. */
    OTHER_KEY,
    /** Not a key's signature as tokens take it: good only if a contract says so. */
    UNKNOWN
  }

  public static PayerSignature of(Address payer, Bytes32 digest, Bytes bytes) {
    return new PayerSignature(payer, digest, bytes, origin(payer, digest, bytes));
  }

  private static Origin origin(Address payer, Bytes32 digest, Bytes bytes) {
    Signature canonical;
    try {
      canonical = Signature.strict(bytes.toBytes());
    } catch (IllegalArgumentException loose) {
      return Origin.UNKNOWN;
    }
    return Secp256k1.fastest().recover(digest, canonical).filter(payer::equals).isPresent()
        ? Origin.PAYER
        : Origin.OTHER_KEY;
  }
}
