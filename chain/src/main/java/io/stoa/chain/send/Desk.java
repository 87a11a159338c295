package io.stoa.chain.send;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.GasPrice;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.chain.rpc.SendResult;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The single steps of sending with one key. Keeps nothing in mind: what was done stands in the log,
 * what came of it on the chain. Fails like {@link Rpc} and like the log.
 */
record Desk(Rpc rpc, ChainId chain, SigningKey key, SendLog log, SendPolicy policy) {
  private static final System.Logger LOG = System.getLogger(TransactionSender.class.getName());
  private static final int BUMPS_IN_A_ROW = 3;

  Address account() {
    return key.address();
  }

  /**
   * What there is to pay with, what gas costs, and which nonce comes next.
   *
   * @param balance of the account, in wei
   * @param nonce the lowest that no mined transaction has used
   */
  record Funds(GasPrice price, BigInteger balance, long nonce) {}

  Funds funds() {
    var batch = rpc.batch();
    var node = batch.add(RpcRequest.chainId());
    var head = batch.add(RpcRequest.block(BlockId.LATEST));
    var tip = batch.add(RpcRequest.suggestedTip());
    var balance = batch.add(RpcRequest.balance(account(), BlockId.LATEST));
    var nonce = batch.add(RpcRequest.nonce(account(), BlockId.LATEST));
    batch.send();
    if (!node.get().equals(chain)) {
      throw new RpcUnavailable("the node is of another chain: " + node.get());
    }
    var baseFee =
        head.get()
            .map(BlockHeader::baseFee)
            .orElseThrow(() -> new RpcUnavailable("the node has no newest block"));
    return new Funds(new GasPrice(baseFee, tip.get()), balance.get(), nonce.get());
  }

  /**
   * What broadcasting led to.
   *
   * @param sent with the variants that were added on the way
   * @param refusal why the node would not have the transaction; a cancellation stands in its place
   * @param nonceTooLow whether the node says that the nonce is used up
   */
  record Offered(Sent sent, Optional<String> refusal, boolean nonceTooLow) {}

  /** Broadcasts the latest variant; pays more if it must, and gives up what is refused. */
  Offered offer(Sent sent) {
    var current = sent;
    for (int bumps = 0; ; bumps++) {
      switch (rpc.send(current.latest().raw())) {
        case SendResult.Accepted _, SendResult.AlreadyKnown _ -> {
          return new Offered(current, Optional.empty(), false);
        }
        case SendResult.NonceTooHigh _, SendResult.Unknown _ -> {
          return new Offered(current, Optional.empty(), false);
        }
        case SendResult.NonceTooLow _ -> {
          return new Offered(current, Optional.empty(), true);
        }
        case SendResult.InsufficientFunds _ -> {
          return giveUp(current, "the account cannot pay for gas and value");
        }
        case SendResult.Refused(_, var reason) -> {
          return giveUp(current, "the node refused it: " + reason);
        }
        case SendResult.Underpriced _ -> {
          var dearer = bumps < BUMPS_IN_A_ROW ? bump(current) : Optional.<Sent>empty();
          if (dearer.isEmpty()) {
            return new Offered(current, Optional.empty(), false);
          }
          current = dearer.get();
        }
      }
    }
  }

  /** Adds a variant that pays more; empty if the policy does not allow it. */
  Optional<Sent> bump(Sent sent) {
    var transaction = FeeMarketTransaction.read(sent.latest());
    return transaction
        .fees()
        .bumped(rpc.gasPrice(), policy)
        .map(fees -> replace(sent, transaction.paying(fees)));
  }

  private Offered giveUp(Sent sent, String reason) {
    var transaction = FeeMarketTransaction.read(sent.latest());
    if (transaction.isCancelOf(account())) {
      return new Offered(sent, Optional.of(reason), false);
    }
    var fees = transaction.fees().bumped(rpc.gasPrice(), policy).orElse(transaction.fees());
    var cancelled = replace(sent, cancel(sent.nonce(), fees));
    LOG.log(
        System.Logger.Level.WARNING,
        "transaction-given-up account={0} nonce={1,number,#} reason={2}",
        account(),
        sent.nonce(),
        reason);
    rpc.send(cancelled.latest().raw());
    return new Offered(cancelled, Optional.of(reason), false);
  }

  FeeMarketTransaction cancel(long nonce, Fees fees) {
    return FeeMarketTransaction.cancel(chain, account(), nonce, fees);
  }

  private Sent replace(Sent sent, FeeMarketTransaction transaction) {
    var variant = transaction.sign(key);
    log.replace(account(), sent.nonce(), variant);
    var variants = new ArrayList<>(sent.variants());
    variants.add(variant);
    return new Sent(sent.account(), sent.nonce(), sent.purposes(), variants, sent.outcome());
  }

  /** Where a nonce stands at one node at one moment. */
  sealed interface Sight {
    record Mined(Receipt receipt) implements Sight {}

    /** The nonce is used up, but not by any variant that the log knew when this was looked at. */
    record UsedUp() implements Sight {}

    record Waiting() implements Sight {}
  }

  /** One batch; the nonce is read before the receipts, so that a variant mined meanwhile shows. */
  Sight look(Sent sent) {
    var batch = rpc.batch();
    var used = batch.add(RpcRequest.nonce(account(), BlockId.LATEST));
    var receipts = hashes(sent).stream().map(hash -> batch.add(RpcRequest.receipt(hash))).toList();
    batch.send();
    for (var receipt : receipts) {
      if (receipt.get().isPresent()) {
        return new Sight.Mined(receipt.get().get());
      }
    }
    return used.get() > sent.nonce() ? new Sight.UsedUp() : new Sight.Waiting();
  }

  /** Writes the end down. If the log fails the row stays open, and recovery will end it. */
  void conclude(Sent sent, Outcome outcome) {
    try {
      log.conclude(account(), sent.nonce(), outcome);
    } catch (RuntimeException unwritten) {
      LOG.log(System.Logger.Level.WARNING, "send-outcome-not-written", unwritten);
    }
  }

  Outcome outcomeOf(Sent sent, Receipt receipt) {
    boolean cancelled =
        sent.variants().stream()
            .filter(variant -> variant.hash().equals(receipt.transaction()))
            .anyMatch(variant -> FeeMarketTransaction.read(variant).isCancelOf(account()));
    return cancelled
        ? new Outcome.Cancelled(receipt.transaction(), receipt.block())
        : new Outcome.Mined(receipt.transaction(), receipt.block(), receipt.succeeded());
  }

  static List<TxHash> hashes(Sent sent) {
    return sent.variants().stream().map(SignedTransaction::hash).toList();
  }
}
