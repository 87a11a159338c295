package io.stoa.payments;

import io.stoa.chain.channel.ChannelEvents;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Refund;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Carries a refund to its end: the only code that signs one. What was signed can be used by anyone
 * until the channel's nonce has risen for good, so that its channel stays held until then, and a
 * refund that failed, or that a reorganisation took back, is sent again.
 */
final class RefundCarrier {
  /** A claim and a refund take about 120,000; the rest is for tokens that do more on a transfer. */
  private static final long GAS_LIMIT = 300_000;

  /** What the authorizer's two signatures cost on top of what was simulated without them. */
  private static final long SIGNATURES = 30_000;

  private static final int RANGE = 2_000;

  private final ChannelBooks books;
  private final Rpc rpc;
  private final Finality finality;
  private final ChannelReads chain;
  private final ChannelSends sends;
  private final ChannelMoves moves;
  private final AuthorizerCalls calls;

  RefundCarrier(
      ChannelBooks books,
      Rpc rpc,
      Finality finality,
      ChannelReads chain,
      ChannelSends sends,
      ChannelMoves moves,
      AuthorizerCalls calls) {
    this.books = books;
    this.rpc = rpc;
    this.finality = finality;
    this.chain = chain;
    this.sends = sends;
    this.moves = moves;
    this.calls = calls;
  }

  /** Does what is left to do, and says where the refund then stands. */
  Refund.State carry(Refund refund, Duration patience) {
    var account = books.channels().find(refund.hold().channel()).orElseThrow();
    var seen = read(account.id());
    if (isOver(refund, seen)) {
      return conclude(refund, account, seen);
    }
    var trace = sends.trace(purpose(refund));
    return switch (trace) {
      case UNDER_WAY, SUCCEEDED -> books.refunds().get(refund);
      case NOTHING, REVERTED, REPLACED -> {
        if (wouldSucceed(refund, account)) {
          yield send(refund, account, patience);
        }
        if (trace == ChannelSends.Trace.NOTHING) {
          books.refunds().voided(refund);
        }
        yield books.refunds().get(refund);
      }
    };
  }

  /**
   * Asked without a signature: what is shown to a node anyone may use, and nothing would say here
   * that it was signed.
   */
  private boolean wouldSucceed(Refund refund, ChannelAccount account) {
    return sends.wouldSucceed(
        AuthorizerCalls.unsignedRefund(account, refund.amount()),
        calls.authorizer().address(),
        GAS_LIMIT - SIGNATURES);
  }

  /** Signs it. It leaves this process only once the log of sends has it. */
  private Refund.State send(Refund refund, ChannelAccount account, Duration patience) {
    var data = calls.refund(account, refund.amount(), refund.nonce());
    if (sends.send(data, GAS_LIMIT, purpose(refund), patience)
        instanceof SendOutcome.Mined(var receipt)) {
      return conclude(refund, account, receipt);
    }
    var seen = read(account.id());
    return isOver(refund, seen) ? conclude(refund, account, seen) : books.refunds().get(refund);
  }

  private static boolean isOver(Refund refund, ChannelOnChain seen) {
    return seen.refundNonce().compareTo(refund.nonce()) > 0;
  }

  /** The nonce has risen, by a transaction of whomever. */
  private Refund.State conclude(Refund refund, ChannelAccount account, ChannelOnChain seen) {
    var receipt = find(refund, seen.at().number());
    if (receipt.isPresent()) {
      return conclude(refund, account, receipt.get());
    }
    // The payer had taken everything out, and nothing was left to go back.
    books.channels().sync(account.id(), account.config(), seen);
    if (isOverForGood(refund)) {
      books.refunds().voided(refund);
    }
    return books.refunds().get(refund);
  }

  private boolean isOverForGood(Refund refund) {
    return rpc.finalHead(finality)
        .map(head -> chain.refundNonce(refund.hold().channel(), BlockId.of(head.hash())))
        .filter(nonce -> nonce.compareTo(refund.nonce()) > 0)
        .isPresent();
  }

  /** The channel's books first: once the hold ends, calls are taken on what they show. */
  private Refund.State conclude(Refund refund, ChannelAccount account, Receipt receipt) {
    boolean isFinal =
        rpc.finalHead(finality)
            .filter(head -> receipt.block().number() <= head.number())
            .isPresent();
    moves.record(receipt, Map.of(account.id(), account.config()));
    var returned =
        ChannelMoves.entries(receipt)
            .map(entry -> returned(entry, account.id()))
            .reduce(BigInteger.ZERO, BigInteger::add);
    books
        .refunds()
        .done(refund, new Settlement(receipt.transaction(), receipt.block()), returned, isFinal);
    return books.refunds().get(refund);
  }

  private static BigInteger returned(ChannelEvents.Entry entry, ChannelId channel) {
    return entry instanceof ChannelEvents.Entry.Refunded(var of, var amount) && of.equals(channel)
        ? amount
        : BigInteger.ZERO;
  }

  /** The first refund after the ones that were known when this one was signed. */
  private Optional<Receipt> find(Refund refund, long last) {
    var filter =
        LogFilter.of(ChannelContracts.CHANNELS)
            .and(ChannelEvents.REFUNDED)
            .and(refund.hold().channel().value());
    for (long from = refund.searchFrom(); from <= last; from += RANGE) {
      var logs = rpc.logs(filter, from, Math.min(from + RANGE - 1, last));
      if (!logs.isEmpty()) {
        return rpc.receipt(logs.getFirst().transaction());
      }
    }
    return Optional.empty();
  }

  private ChannelOnChain read(ChannelId channel) {
    return chain.read(List.of(channel)).getFirst();
  }

  private static String purpose(Refund refund) {
    return "refund " + refund.hold().channel() + " " + refund.nonce();
  }
}
