package io.stoa.x402.permit2;

import io.stoa.crypto.Eip712;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;

/**
 * The EIP-712 domain of Permit2 on one chain. It has no version.
 *
 * @param separator computed once, since every verification needs it
 */
public record Permit2Domain(ChainId chain, Bytes32 separator) {
  public static Permit2Domain of(ChainId chain) {
    return new Permit2Domain(
        chain, new Eip712.Domain("Permit2", null, chain, Permit2.CONTRACT).separator());
  }
}
