package io.stoa.payments;

import static io.stoa.x402.exact.TransferProof.TRANSFER;
import static io.stoa.x402.permit2.Permit2.NONCES_INVALIDATED;
import static java.util.stream.Collectors.toCollection;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.ChainTransaction;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.Permit2Reads;
import io.stoa.x402.exact.TransferProof.Event;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.PermitProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds out what became of a permit. No log names the nonce that Permit2 used: every transaction
 * that moved exactly the price from the payer to the payee is looked at, and the call to the proxy
 * tells whether it was this permit's. That a permit did not pay is believed when its payer
 * invalidated the nonce, or when it is dead for good, and nothing that might have paid is there.
 */
final class PermitEvidence {
  private static final int RANGE = 2_000;

  private final Rpc rpc;
  private final Permit2Reads reads;
  private final Finality finality;

  PermitEvidence(Rpc rpc, Permit2Reads reads, Finality finality) {
    this.rpc = rpc;
    this.reads = reads;
    this.finality = finality;
  }

  /**
   * @param charged in the token's smallest unit
   * @param searchFrom no block below this one can hold its settlement
   */
  Fate of(SignedPermit permit, BigInteger charged, long searchFrom) {
    var head = rpc.head();
    var logs = logs(permit, searchFrom, head);
    if (logs.isEmpty()) {
      return new Fate.Unclear();
    }
    boolean mayHavePaid = false;
    for (var hash : transfers(logs.get(), permit, charged)) {
      var transaction = rpc.transaction(hash);
      var receipt = rpc.receipt(hash);
      if (transaction.flatMap(ChainTransaction::to).isEmpty() || receipt.isEmpty()) {
        return new Fate.Unclear();
      }
      var seen =
          new PermitProof.Transaction(
              transaction.get().to().orElseThrow(),
              transaction.get().input(),
              TransferEvidence.events(receipt.get()));
      if (PermitProof.holds(permit, charged, seen)) {
        return new Fate.Paid(new Settlement(hash, receipt.get().block()));
      }
      mayHavePaid |= PermitProof.isPossible(permit, charged, seen);
    }
    var last = rpc.finalHead(finality).filter(block -> permit.isDeadAt(block.timestamp()));
    var state = reads.read(permit);
    if (!state.isNonceUsed()) {
      // Only who has seen the last block in which it could have been used knows that it was not.
      return last.filter(block -> state.block().number() >= block.number())
          .<Fate>map(block -> new Fate.Spoiled("authorization_expired", block.ref()))
          .orElseGet(() -> new Fate.Open(head.timestamp(), state.balance()));
    }
    return mayHavePaid
        ? new Fate.Unclear()
        : usedOtherwise(permit, logs.get(), last.filter(block -> block.number() <= head.number()));
  }

  /**
   * Of a permit whose nonce is used, and that no transaction on the way to the head can have paid.
   *
   * @param last a final block on that way, if the permit is dead there
   */
  private static Fate usedOtherwise(
      SignedPermit permit, List<Log> logs, Optional<BlockHeader> last) {
    for (var log : logs) {
      if (log.address().equals(Permit2.CONTRACT)
          && log.topics().getFirst().equals(NONCES_INVALIDATED)
          && Permit2.isInvalidated(permit.nonce(), log.data())) {
        return new Fate.Spoiled("authorization_cancelled", log.block());
      }
    }
    return last.<Fate>map(block -> new Fate.Spoiled("authorization_used_elsewhere", block.ref()))
        .orElseGet(Fate.Unclear::new);
  }

  /**
   * Whether a transaction carried {@code permit} out.
   *
   * @param to whom it called
   * @param input with what
   */
  static boolean proves(
      Receipt receipt, Address to, Bytes input, SignedPermit permit, BigInteger charged) {
    var transaction = new PermitProof.Transaction(to, input, TransferEvidence.events(receipt));
    return receipt.succeeded() && PermitProof.holds(permit, charged, transaction);
  }

  /** The transactions that moved exactly what is charged, oldest first. */
  private static Set<TxHash> transfers(List<Log> logs, SignedPermit permit, BigInteger charged) {
    var wanted = PermitProof.transfer(permit, charged);
    return logs.stream()
        .filter(log -> new Event(log.address(), log.topics(), log.data()).equals(wanted))
        .map(Log::transaction)
        .collect(toCollection(LinkedHashSet::new));
  }

  /**
   * What the payer moved or invalidated up to {@code head}, in steps that every node answers. Empty
   * when the node that answers does not have that head: then it may lack some of them.
   */
  private Optional<List<Log>> logs(SignedPermit permit, long from, BlockHeader head) {
    var filter =
        LogFilter.of(permit.amount().asset().token(), Permit2.CONTRACT)
            .and(Set.of(TRANSFER, NONCES_INVALIDATED))
            .and(Abi.word(permit.payer()));
    var batch = rpc.batch();
    var known = batch.add(RpcRequest.block(BlockId.of(head.hash())));
    var parts = new ArrayList<Supplier<List<Log>>>();
    for (long start = from; start <= head.number(); start += RANGE) {
      var end = Math.min(start + RANGE - 1, head.number());
      parts.add(batch.add(RpcRequest.logs(filter, start, end)));
    }
    batch.send();
    return known.get().map(_ -> parts.stream().flatMap(part -> part.get().stream()).toList());
  }
}
