package io.stoa.chain.send;

import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;

/** A transaction as it is broadcast: an EIP-2718 envelope with its signature. */
public record SignedTransaction(Bytes raw) {
  public TxHash hash() {
    return new TxHash(Keccak.hash(raw.toBytes()));
  }
}
