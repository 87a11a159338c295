package io.stoa.payments;

import static io.stoa.x402.exact.TransferProof.AUTHORIZATION_USED;

import io.stoa.chain.channel.ChannelEvents;
import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.token.TokenEvents;
import io.stoa.crypto.Abi;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.DepositTill;
import io.stoa.x402.batch.ChannelContracts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what became of a deposit, by the logs that prove it: of the channel contract, and of
 * the token whose nonce was used. Permit2 logs no use, so there the nonce's state counts, read
 * later than the logs, and a transaction proves one deposit.
 */
final class DepositEvidence {
  private static final int RANGE = 2_000;

  private final Rpc rpc;
  private final DepositReads reads;
  private final DepositTill till;
  private final Finality finality;

  DepositEvidence(Rpc rpc, DepositReads reads, DepositTill till, Finality finality) {
    this.rpc = rpc;
    this.reads = reads;
    this.till = till;
    this.finality = finality;
  }

  DepositFate of(Deposit deposit) {
    var head = rpc.head();
    var arrivals = logs(ofChannel(deposit), deposit, head);
    var last = rpc.finalHead(finality);
    var seen = reads.read(deposit.key(), deposit.config().asset());
    if (seen.isNonceUsed()) {
      for (var arrival : arrivals) {
        var receipt = rpc.receipt(arrival.transaction());
        if (receipt.isPresent()
            && proves(receipt.get(), deposit)
            && isFree(receipt.get(), deposit)) {
          return new DepositFate.Arrived(receipt.get());
        }
      }
    }
    return last.filter(block -> deposit.isDeadAt(block.timestamp()))
        .filter(block -> Math.min(seen.block().number(), head.number()) >= block.number())
        .flatMap(block -> spoiled(deposit, seen, block, head))
        .<DepositFate>map(spoiled -> spoiled)
        .orElseGet(DepositFate.Open::new);
  }

  /** Empty when the node contradicts itself, as one that lags or lies does. */
  private Optional<DepositFate.Spoiled> spoiled(
      Deposit deposit, DepositReads.Seen seen, BlockHeader last, BlockHeader head) {
    if (!seen.isNonceUsed()) {
      return Optional.of(new DepositFate.Spoiled("authorization_expired", last.ref()));
    }
    boolean isExplained =
        switch (deposit.key()) {
          case PaymentKey.Eip3009 key ->
              !logs(
                      TokenEvents.authorization(key.asset().token(), key.payer(), key.nonce()),
                      deposit,
                      head)
                  .isEmpty();
          case PaymentKey.Permit2 _ -> true;
        };
    return isExplained
        ? Optional.of(new DepositFate.Spoiled("authorization_used_elsewhere", last.ref()))
        : Optional.empty();
  }

  /** Whether a transaction carried {@code deposit} out. */
  static boolean proves(Receipt receipt, Deposit deposit) {
    return receipt.succeeded()
        && ChannelMoves.entries(receipt).anyMatch(entry -> isArrival(entry, deposit))
        && switch (deposit.key()) {
          case PaymentKey.Eip3009 key -> receipt.logs().stream().anyMatch(log -> isUse(log, key));
          case PaymentKey.Permit2 _ -> true;
        };
  }

  private static boolean isArrival(ChannelEvents.Entry entry, Deposit deposit) {
    return entry instanceof ChannelEvents.Entry.Deposited(var channel, var amount, _)
        && channel.equals(deposit.channel())
        && amount.equals(deposit.amount());
  }

  private static boolean isUse(Log log, PaymentKey.Eip3009 key) {
    return log.address().equals(key.asset().token())
        && log.topics().equals(List.of(AUTHORIZATION_USED, Abi.word(key.payer()), key.nonce()));
  }

  /** Whether the transaction is not what carried another deposit out. */
  private boolean isFree(Receipt receipt, Deposit deposit) {
    return switch (deposit.key()) {
      case PaymentKey.Eip3009 _ -> true;
      case PaymentKey.Permit2 _ -> !till.isOfAnother(deposit, receipt.transaction());
    };
  }

  private static LogFilter ofChannel(Deposit deposit) {
    return LogFilter.of(ChannelContracts.CHANNELS)
        .and(ChannelEvents.DEPOSITED)
        .and(deposit.channel().value());
  }

  /** In steps that every node answers. */
  private List<Log> logs(LogFilter filter, Deposit deposit, BlockHeader head) {
    var logs = new ArrayList<Log>();
    for (long from = deposit.searchFrom(); from <= head.number(); from += RANGE) {
      logs.addAll(rpc.logs(filter, from, Math.min(from + RANGE - 1, head.number())));
    }
    return logs;
  }
}
