package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.Abi;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.x402.permit2.Permit2;
import java.math.BigInteger;

/** What the chain says about a payer and its authorization. Blocks; fails like {@link Rpc}. */
final class DepositReads {
  private final Rpc rpc;
  private final TokenReads tokens;

  DepositReads(Rpc rpc) {
    this.rpc = rpc;
    this.tokens = new TokenReads(rpc);
  }

  /**
   * @param block the head at which all of it holds
   * @param balance of the payer, in the token's smallest unit
   * @param usable how much of it the way of paying lets the contract take, in the same unit
   * @param isNonceUsed spent, cancelled or invalidated
   */
  record Seen(
      BlockRef block,
      boolean payerHasCode,
      BigInteger balance,
      BigInteger usable,
      boolean isNonceUsed) {}

  Seen read(PaymentKey key, Asset asset) {
    var head = rpc.head().ref();
    return switch (key) {
      case PaymentKey.Eip3009 eip3009 -> read(eip3009, head);
      case PaymentKey.Permit2 permit2 -> read(permit2, asset, head);
    };
  }

  private Seen read(PaymentKey.Eip3009 key, BlockRef head) {
    var state = tokens.payerState(key.asset().token(), key.payer(), key.nonce(), head.hash());
    return new Seen(
        head, state.payerHasCode(), state.balance(), state.balance(), state.authorizationUsed());
  }

  private Seen read(PaymentKey.Permit2 key, Asset asset, BlockRef head) {
    var at = BlockId.of(head.hash());
    var batch = rpc.batch();
    var code = batch.add(RpcRequest.code(key.payer(), at));
    var bitmap =
        batch.add(
            RpcRequest.call(
                Call.of(Permit2.CONTRACT, Permit2.nonceBitmap(key.payer(), key.nonce())), at));
    batch.send();
    return new Seen(
        head,
        !code.get().isEmpty(),
        tokens.balanceOf(asset.token(), key.payer(), at),
        tokens.allowance(asset.token(), key.payer(), Permit2.CONTRACT, at),
        isUsed(key, bitmap.get()));
  }

  private static boolean isUsed(PaymentKey.Permit2 key, CallResult bitmap) {
    return switch (bitmap) {
      case CallResult.Returned(var data) when data.size() == 32 ->
          Permit2.isUsed(key.nonce(), Abi.wordAt(data.toBytes(), 0));
      case CallResult.Returned _, CallResult.Reverted _ ->
          throw new RpcUnavailable("Permit2 does not answer as it should");
    };
  }
}
