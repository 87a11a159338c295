package io.stoa.x402;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.util.Optional;

/** Asks accounts with code whether they signed (ERC-1271). Blocks: call from a virtual thread. */
public interface ContractSignatures {

  /**
   * Whether the account says yes at {@code block}: {@code Erc1271.isYes} of what a call with {@code
   * Erc1271.callData} returns. The call runs a stranger's code, so its gas and its time are
   * bounded; when it fails by itself, that is a no. Fails with {@link
   * io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  boolean accepts(Question question, BlockRef block);

  /**
   * Did you sign this?
   *
   * @param deployment to be called first, in the same trial, for an account that has no code yet
   */
  record Question(
      Address account, Bytes32 digest, Bytes signature, Optional<Deployment> deployment) {}

  /** The call that creates a contract wallet (ERC-6492). */
  record Deployment(Address factory, Bytes callData) {}
}
