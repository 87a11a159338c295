package io.stoa.payments;

import static io.stoa.x402.exact.TransferProof.AUTHORIZATION_CANCELED;
import static io.stoa.x402.exact.TransferProof.AUTHORIZATION_USED;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.crypto.Abi;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads;
import io.stoa.x402.exact.TransferProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds out what became of an authorization by EIP-3009, by the logs that prove it. An empty answer
 * is not believed alone: it must agree with the token's own {@code authorizationState}, read later.
 */
final class TransferEvidence {
  private static final int RANGE = 2_000;

  private final Rpc rpc;
  private final ChainReads reads;
  private final Finality finality;

  TransferEvidence(Rpc rpc, ChainReads reads, Finality finality) {
    this.rpc = rpc;
    this.reads = reads;
    this.finality = finality;
  }

  /**
   * @param searchFrom no block below this one can hold a use of it
   */
  Fate of(SignedTransfer transfer, long searchFrom) {
    var head = rpc.head();
    var uses = uses(transfer, searchFrom, head);
    for (var use : uses) {
      var receipt = rpc.receipt(use.transaction());
      if (receipt.isEmpty()) {
        return new Fate.Unclear();
      }
      if (proves(receipt.get(), transfer)) {
        return new Fate.Paid(new Settlement(use.transaction(), receipt.get().block()));
      }
    }
    if (!uses.isEmpty()) {
      var use = uses.getFirst();
      return new Fate.Spoiled(
          use.topics().getFirst().equals(AUTHORIZATION_CANCELED)
              ? "authorization_cancelled"
              : "authorization_used_elsewhere",
          use.block());
    }
    var last = rpc.finalHead(finality);
    var state = reads.read(transfer.amount().asset(), transfer.payer(), transfer.nonce());
    if (state.isNonceUsed()) {
      return new Fate.Unclear();
    }
    return last.filter(block -> outlived(transfer, block, state))
        .<Fate>map(block -> new Fate.Spoiled("authorization_expired", block.ref()))
        .orElseGet(() -> new Fate.Open(head.timestamp(), state.balance()));
  }

  /** Only who has seen the last block in which it could have been used knows that it was not. */
  private static boolean outlived(
      SignedTransfer transfer, BlockHeader last, ChainReads.Eip3009State unused) {
    return transfer.isDeadAt(last.timestamp()) && unused.block().number() >= last.number();
  }

  /** Whether a transaction carried {@code transfer} out. */
  static boolean proves(Receipt receipt, SignedTransfer transfer) {
    return receipt.succeeded() && TransferProof.holds(transfer, events(receipt));
  }

  /** The logs of a transaction, in their order. */
  static List<TransferProof.Event> events(Receipt receipt) {
    return receipt.logs().stream()
        .map(log -> new TransferProof.Event(log.address(), log.topics(), log.data()))
        .toList();
  }

  /** In steps that every node answers. */
  private List<Log> uses(SignedTransfer transfer, long from, BlockHeader head) {
    var filter =
        LogFilter.of(transfer.amount().asset().token())
            .and(Set.of(AUTHORIZATION_USED, AUTHORIZATION_CANCELED))
            .and(Abi.word(transfer.payer()))
            .and(transfer.nonce());
    var uses = new ArrayList<Log>();
    for (long start = from; start <= head.number(); start += RANGE) {
      uses.addAll(rpc.logs(filter, start, Math.min(start + RANGE - 1, head.number())));
    }
    return uses;
  }
}
