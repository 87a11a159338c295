package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.Permit2Reads;
import io.stoa.x402.permit2.Permit2;

/** Asks the chain's nodes, everything at one block hash in one batch. */
final class RpcPermit2Reads implements Permit2Reads {
  private static final byte[] BALANCE_OF = Abi.selector("balanceOf(address)");
  private static final byte[] ALLOWANCE = Abi.selector("allowance(address,address)");

  private final Rpc rpc;

  RpcPermit2Reads(Rpc rpc) {
    this.rpc = rpc;
  }

  @Override
  public Permit2State read(SignedPermit permit) {
    try {
      var head = rpc.head().ref();
      var at = BlockId.of(head.hash());
      var token = permit.amount().asset().token();
      var payer = permit.payer();
      var batch = rpc.batch();
      var assetCode = batch.add(RpcRequest.code(token, at));
      var payerCode = batch.add(RpcRequest.code(payer, at));
      var spenderCode = batch.add(RpcRequest.code(permit.spender(), at));
      var balance = batch.add(RpcRequest.call(balance(token, payer), at));
      var allowance = batch.add(RpcRequest.call(allowance(token, payer), at));
      var bitmap =
          batch.add(
              RpcRequest.call(
                  Call.of(Permit2.CONTRACT, Permit2.nonceBitmap(payer, permit.nonce())), at));
      batch.send();
      return new Permit2State(
          head,
          !assetCode.get().isEmpty(),
          !payerCode.get().isEmpty(),
          !spenderCode.get().isEmpty(),
          word(balance.get()).toUnsigned(),
          word(allowance.get()).toUnsigned(),
          Permit2.isUsed(permit.nonce(), word(bitmap.get())));
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }

  private static Call balance(Address token, Address owner) {
    return Call.of(token, Bytes.wrap(Abi.call(BALANCE_OF, Abi.word(owner))));
  }

  private static Call allowance(Address token, Address owner) {
    return Call.of(
        token, Bytes.wrap(Abi.call(ALLOWANCE, Abi.word(owner), Abi.word(Permit2.CONTRACT))));
  }

  /** Of an address that is no such contract, zero. */
  private static Bytes32 word(CallResult result) {
    return switch (result) {
      case CallResult.Returned(var data) when data.size() >= 32 -> Abi.wordAt(data.toBytes(), 0);
      case CallResult.Returned _, CallResult.Reverted _ -> Abi.word(0);
    };
  }
}
