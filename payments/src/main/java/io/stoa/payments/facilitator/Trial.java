package io.stoa.payments.facilitator;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.MarketException;

/**
 * Tries a settlement without sending it. Only needed where reading does not tell the end: of
 * payments that contracts signed, whose code may do with the settlement what it likes. Blocks.
 */
final class Trial {
  /** Room for a contract's own check on top of a transfer or deposit. */
  private static final long GAS = 400_000;

  private final Rpc rpc;
  private final Address sender;

  /**
   * @param sender the account that would settle
   */
  Trial(Rpc rpc, Address sender) {
    this.rpc = rpc;
    this.sender = sender;
  }

  boolean succeeds(Address contract, Bytes callData, BlockRef block) {
    var call = Call.of(contract, callData).from(sender).withGas(GAS);
    try {
      return switch (rpc.call(call, BlockId.of(block.hash()))) {
        case CallResult.Returned _ -> true;
        case CallResult.Reverted _ -> false;
      };
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }
}
