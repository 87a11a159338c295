package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Multicall;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.MarketException;
import io.stoa.x402.ContractSignatures;
import io.stoa.x402.signature.Erc1271;
import java.util.List;
import java.util.Optional;

/**
 * Asks the chain's nodes. A wallet that does not exist yet is created for the question, and only
 * for that.
 */
public final class RpcContractSignatures implements ContractSignatures {
  /** Room for a wallet of many owners; settling costs as much again. */
  static final long GAS = 200_000;

  /** Room for creating a wallet: those in use take 100,000 to 350,000. */
  static final long CREATION = 600_000;

  /** What a call costs before anything runs, at least, and what its data does (EIP-7623). */
  private static final long BASE_GAS = 21_000;

  private static final long GAS_OF_A_ZERO = 10;
  private static final long GAS_OF_A_BYTE = 40;

  private final Rpc rpc;

  public RpcContractSignatures(Rpc rpc) {
    this.rpc = rpc;
  }

  @Override
  public boolean accepts(Question question, BlockRef block) {
    var call =
        Call.of(question.account(), Erc1271.callData(question.digest(), question.signature()));
    try {
      return question
          .deployment()
          .map(creation -> afterwards(creation, call, block))
          .orElseGet(() -> answer(call, GAS, block))
          .filter(Erc1271::isYes)
          .isPresent();
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }

  private Optional<Bytes> afterwards(Deployment creation, Call call, BlockRef block) {
    var both = Multicall.of(List.of(Call.of(creation.factory(), creation.callData()), call));
    return answer(Call.of(Multicall.CONTRACT, both), CREATION + GAS, block)
        .flatMap(results -> Multicall.last(results, 2));
  }

  private Optional<Bytes> answer(Call call, long gas, BlockRef block) {
    if (gasOfData(call.data()) > gas) {
      return Optional.empty();
    }
    return switch (rpc.call(call.withGas(gas), BlockId.of(block.hash()))) {
      case CallResult.Returned(var data) -> Optional.of(data);
      case CallResult.Reverted _ -> Optional.empty();
    };
  }

  /** Below it a node refuses the call itself, which says nothing about the account. */
  private static long gasOfData(Bytes data) {
    long gas = BASE_GAS;
    for (byte each : data.toBytes()) {
      gas += each == 0 ? GAS_OF_A_ZERO : GAS_OF_A_BYTE;
    }
    return gas;
  }
}
