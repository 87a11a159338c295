package io.stoa.payments;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.send.SendOutcome;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.DepositTill;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a claimed deposit to its end: the only code that sends one, and the only code that decides
 * MINED or VOID. Whatever our own transaction did, the evidence on the chain decides.
 */
final class DepositCarrier {
  /**
   * A first deposit takes 110,000 to 170,000; the rest is for a payer that is a contract, or
   * approves Permit2 on the way.
   */
  static final long GAS_LIMIT = 350_000;

  private final DepositTill till;
  private final ChannelSends sends;
  private final DepositEvidence evidence;
  private final ChannelMoves moves;
  private final Outcomes outcomes;

  DepositCarrier(
      DepositTill till,
      ChannelSends sends,
      DepositEvidence evidence,
      ChannelMoves moves,
      Outcomes outcomes) {
    this.till = till;
    this.sends = sends;
    this.evidence = evidence;
    this.moves = moves;
    this.outcomes = outcomes;
  }

  /** Whether the chain would take the deposit now, for no more gas than one is worth. */
  boolean wouldSucceed(Bytes data) {
    return sends.wouldSucceed(data, GAS_LIMIT);
  }

  /** What was done for it before. */
  ChannelSends.Trace trace(Deposit deposit) {
    return sends.trace(purpose(deposit));
  }

  /** The last transaction that was signed for it, whatever became of that. */
  Optional<TxHash> transaction(PaymentId id) {
    return sends.sends().findByPurpose(purpose(id)).map(sent -> sent.latest().hash());
  }

  /**
   * Sends it and waits for its end.
   *
   * @param data the call that moves exactly this money into exactly this channel
   */
  Deposit.State submit(Deposit deposit, Bytes data, Duration patience) {
    return switch (sends.send(data, GAS_LIMIT, purpose(deposit), patience)) {
      case SendOutcome.Mined(var receipt) when DepositEvidence.proves(receipt, deposit) ->
          mined(deposit, receipt);
      case SendOutcome.Mined _,
          SendOutcome.Reverted _,
          SendOutcome.NotSent _,
          SendOutcome.OutcomeUnknown _ ->
          examine(deposit);
    };
  }

  /** Looks what became of it. One that is open stays so, and stays with whoever holds it. */
  Deposit.State examine(Deposit deposit) {
    return switch (evidence.of(deposit)) {
      case DepositFate.Arrived(var receipt) -> mined(deposit, receipt);
      case DepositFate.Spoiled(var reason, var decidedBy) -> {
        till.voidFor(deposit, reason, decidedBy);
        yield current(deposit);
      }
      case DepositFate.Open _ -> new Deposit.State.Open();
    };
  }

  /** What brought it in, of a deposit that nobody here sent. */
  Optional<Settlement> arrival(Deposit deposit) {
    if (evidence.of(deposit) instanceof DepositFate.Arrived(var receipt)) {
      moves.record(receipt, Map.of(deposit.channel(), deposit.config()));
      return Optional.of(new Settlement(receipt.transaction(), receipt.block()));
    }
    return Optional.empty();
  }

  /** The channel's books first: a deposit that is called mined can be spent. */
  private Deposit.State mined(Deposit deposit, Receipt receipt) {
    moves.record(receipt, Map.of(deposit.channel(), deposit.config()));
    till.mined(deposit, new Settlement(receipt.transaction(), receipt.block()));
    return current(deposit);
  }

  /** Another instance may have decided first: what the till says counts. */
  private Deposit.State current(Deposit deposit) {
    outcomes.announce(deposit.id());
    return till.find(deposit.id()).orElseThrow().state();
  }

  private static String purpose(Deposit deposit) {
    return purpose(deposit.id());
  }

  private static String purpose(PaymentId id) {
    return "deposit " + id;
  }
}
