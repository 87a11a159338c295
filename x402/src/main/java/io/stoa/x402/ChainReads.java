package io.stoa.x402;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.List;

/** What verification must know of the chain. Blocks: call from a virtual thread. */
public interface ChainReads {

  /**
   * Everything about each authorization, all at one head and in one question. Fails with {@link
   * io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  List<Eip3009State> read(List<Question> questions);

  /** The same about one. */
  default Eip3009State read(Asset asset, Address payer, Bytes32 nonce) {
    return read(List.of(new Question(asset, payer, nonce))).getFirst();
  }

  /** Which authorization. */
  record Question(Asset asset, Address payer, Bytes32 nonce) {}

  /**
   * @param block the head at which all of it holds
   * @param isNonceUsed spent or cancelled
   */
  record Eip3009State(
      BlockRef block,
      boolean assetHasCode,
      boolean payerHasCode,
      BigInteger balance,
      boolean isNonceUsed) {}
}
