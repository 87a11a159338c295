package io.stoa.payments;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.x402.ChainReads;

/** Asks the chain's nodes, everything at one block hash. */
final class RpcChainReads implements ChainReads {
  private final Rpc rpc;
  private final TokenReads tokens;

  RpcChainReads(Rpc rpc) {
    this.rpc = rpc;
    this.tokens = new TokenReads(rpc);
  }

  @Override
  public Eip3009State read(Asset asset, Address payer, Bytes32 nonce) {
    try {
      var head = rpc.head().ref();
      var state = tokens.payerState(asset.token(), payer, nonce, head.hash());
      return new Eip3009State(
          head,
          !state.assetCode().isEmpty(),
          !state.payerCode().isEmpty(),
          state.balance(),
          state.authorizationUsed());
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }
}
