package io.stoa.x402.extension;

import io.stoa.domain.ChainId;
import io.stoa.x402.signature.PayerSignature;

/** Asks accounts that are contracts whether they signed. Blocks: call from a virtual thread. */
public interface SignInWallets {

  /**
   * Whether the account says yes at the head of {@code chain} (ERC-1271; ERC-6492 where it is not
   * deployed yet). A stranger names the account and its code runs: its gas and its time are
   * bounded, and when it fails by itself, that is a no. Fails with {@link
   * io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  boolean accepts(ChainId chain, PayerSignature signature);
}
