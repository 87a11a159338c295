package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.x402.ChainReads;
import java.math.BigInteger;

/** Asks the chain's nodes, everything at one block hash. */
public final class RpcChainReads implements ChainReads {
  private static final byte[] BALANCE_OF = Abi.selector("balanceOf(address)");
  private static final byte[] AUTHORIZATION_STATE =
      Abi.selector("authorizationState(address,bytes32)");

  private final Rpc rpc;

  public RpcChainReads(Rpc rpc) {
    this.rpc = rpc;
  }

  @Override
  public Eip3009State read(Asset asset, Address payer, Bytes32 nonce) {
    try {
      var head = rpc.head().ref();
      var at = BlockId.of(head.hash());
      var batch = rpc.batch();
      var assetCode = batch.add(RpcRequest.code(asset.token(), at));
      var payerCode = batch.add(RpcRequest.code(payer, at));
      var balance = batch.add(RpcRequest.call(ask(asset, BALANCE_OF, Abi.word(payer)), at));
      var used =
          batch.add(RpcRequest.call(ask(asset, AUTHORIZATION_STATE, Abi.word(payer), nonce), at));
      batch.send();
      return new Eip3009State(
          head,
          !assetCode.get().isEmpty(),
          !payerCode.get().isEmpty(),
          word(balance.get()),
          word(used.get()).signum() != 0);
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }

  private static Call ask(Asset asset, byte[] selector, Bytes32... words) {
    return Call.of(asset.token(), Bytes.wrap(Abi.call(selector, words)));
  }

  /** A token without code returns nothing: read as zero, its missing code is told apart. */
  private static BigInteger word(CallResult result) {
    return switch (result) {
      case CallResult.Returned(var data) when data.size() == 32 ->
          Bytes32.of(data.toBytes()).toUnsigned();
      case CallResult.Returned _, CallResult.Reverted _ -> BigInteger.ZERO;
    };
  }
}
