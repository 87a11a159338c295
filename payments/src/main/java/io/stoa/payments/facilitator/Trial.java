package io.stoa.payments.facilitator;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.payments.ChainOutage;

/**
 * Tries a deposit without sending it: tokens, collectors and contract wallets judge it by their own
 * code. Blocks.
 */
final class Trial {
  /** Room for a contract's own check on top of a deposit. */
  private static final long GAS = 400_000;

  private final Rpc rpc;
  private final Address sender;

  /**
   * @param sender the account that would send it
   */
  Trial(Rpc rpc, Address sender) {
    this.rpc = rpc;
    this.sender = sender;
  }

  boolean succeeds(Address contract, Bytes callData, BlockRef block) {
    var call = Call.of(contract, callData).from(sender).withGas(GAS);
    return switch (ChainOutage.unavailable(() -> rpc.call(call, BlockId.of(block.hash())))) {
      case CallResult.Returned _ -> true;
      case CallResult.Reverted _ -> false;
    };
  }
}
