package io.stoa.x402;

import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.SignedPermit;
import java.math.BigInteger;

/** What verification by Permit2 must know of the chain. Blocks: call from a virtual thread. */
public interface Permit2Reads {

  /**
   * Everything about one permit at one head, in one question. Fails with {@link
   * io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  Permit2State read(SignedPermit permit);

  /**
   * @param block the head at which all of it holds
   * @param spenderHasCode whether the proxy that must settle is on this chain
   * @param balance of the payer, in the token's smallest unit
   * @param allowance what the payer lets Permit2 move, in the same unit
   * @param isNonceUsed spent or invalidated
   */
  record Permit2State(
      BlockRef block,
      boolean assetHasCode,
      boolean payerHasCode,
      boolean spenderHasCode,
      BigInteger balance,
      BigInteger allowance,
      boolean isNonceUsed) {}
}
