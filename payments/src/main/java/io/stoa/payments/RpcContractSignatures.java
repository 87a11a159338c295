package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.BlockRef;
import io.stoa.domain.MarketException;
import io.stoa.x402.ContractSignatures;
import io.stoa.x402.signature.Erc1271;

/** Asks the chain's nodes. Wallets that do not exist yet are not asked: nobody here creates any. */
public final class RpcContractSignatures implements ContractSignatures {
  /** Room for a wallet of many owners; settling costs as much again. */
  static final long GAS = 200_000;

  private final Rpc rpc;

  public RpcContractSignatures(Rpc rpc) {
    this.rpc = rpc;
  }

  @Override
  public boolean accepts(Question question, BlockRef block) {
    if (question.deployment().isPresent()) {
      return false;
    }
    var call =
        Call.of(question.account(), Erc1271.callData(question.digest(), question.signature()))
            .withGas(GAS);
    try {
      return switch (rpc.call(call, BlockId.of(block.hash()))) {
        case CallResult.Returned(var data) -> Erc1271.isYes(data);
        case CallResult.Reverted _ -> false;
      };
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }
}
