package io.stoa.chain.send;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.GasEstimate;
import io.stoa.chain.rpc.GasPrice;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.SendResult;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import java.time.Duration;

/**
 * Signs and sends for a user who holds the key: one transaction at a time, nothing written down.
 * What the node sends with its own keys goes through {@link TransactionSender}. Blocks.
 */
public final class Wallet {
  private static final long POLL_MILLIS = 10;
  private static final long SLOWEST_POLL_MILLIS = 500;

  private final Rpc rpc;
  private final SigningKey key;
  private final SendPolicy policy;

  public Wallet(Rpc rpc, SigningKey key, SendPolicy policy) {
    this.rpc = rpc;
    this.key = key;
    this.policy = policy;
  }

  public Address address() {
    return key.address();
  }

  /** Refuses a transaction meant for another chain than the node's. */
  public SendOutcome send(UnsignedTransaction unsigned, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    SignedTransaction signed;
    try {
      signed = prepare(unsigned).sign(key);
    } catch (RpcException | NotPossible failure) {
      return new SendOutcome.NotSent(String.valueOf(failure.getMessage()));
    }
    return switch (rpc.send(signed.raw())) {
      case SendResult.Accepted _, SendResult.AlreadyKnown _, SendResult.Unknown _ ->
          await(signed, deadline);
      case SendResult.NonceTooLow _, SendResult.NonceTooHigh _ ->
          new SendOutcome.NotSent("another transaction of this account came in between");
      case SendResult.Underpriced _ ->
          new SendOutcome.NotSent("gas became more expensive in between");
      case SendResult.InsufficientFunds _ ->
          new SendOutcome.NotSent("the account cannot pay for gas and value");
      case SendResult.Refused(_, var reason) ->
          new SendOutcome.NotSent("the node refused it: " + reason);
    };
  }

  private FeeMarketTransaction prepare(UnsignedTransaction unsigned) {
    var batch = rpc.batch();
    var chain = batch.add(RpcRequest.chainId());
    var nonce = batch.add(RpcRequest.nonce(address(), new BlockId.Pending()));
    var head = batch.add(RpcRequest.block(BlockId.LATEST));
    var tip = batch.add(RpcRequest.suggestedTip());
    batch.send();
    if (!chain.get().equals(unsigned.chain())) {
      throw new NotPossible("it is meant for " + unsigned.chain() + ", not for " + chain.get());
    }
    var baseFee = head.get().map(BlockHeader::baseFee);
    var fees =
        baseFee
            .flatMap(fee -> Fees.at(new GasPrice(fee, tip.get()), policy))
            .orElseThrow(() -> new NotPossible("gas costs more than the policy allows"));
    return new FeeMarketTransaction(
        unsigned.chain(),
        nonce.get(),
        fees,
        gasLimit(unsigned),
        unsigned.to(),
        unsigned.value(),
        unsigned.data());
  }

  private long gasLimit(UnsignedTransaction unsigned) {
    if (unsigned.gas().isPresent()) {
      return unsigned.gas().getAsLong();
    }
    var call = Call.of(unsigned.to(), unsigned.data(), unsigned.value()).from(address());
    return switch (rpc.estimateGas(call)) {
      case GasEstimate.Uses(long gas) -> gas + gas * policy.gasMarginPercent() / 100;
      case GasEstimate.Fails(var message, _) -> throw new NotPossible("it would fail: " + message);
    };
  }

  private SendOutcome await(SignedTransaction signed, long deadline) {
    for (long pause = POLL_MILLIS; ; pause = Math.min(pause * 3 / 2, SLOWEST_POLL_MILLIS)) {
      try {
        var receipt = rpc.receipt(signed.hash());
        if (receipt.isPresent()) {
          return receipt.get().succeeded()
              ? new SendOutcome.Mined(receipt.get())
              : new SendOutcome.Reverted(receipt.get());
        }
      } catch (RpcException silent) {
        pause = SLOWEST_POLL_MILLIS;
      }
      if (System.nanoTime() > deadline) {
        return new SendOutcome.OutcomeUnknown(signed.hash());
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new SendOutcome.OutcomeUnknown(signed.hash());
      }
    }
  }

  private static final class NotPossible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NotPossible(String message) {
      super(message);
    }
  }
}
