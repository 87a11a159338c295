package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must not be lost about payments. Every change is one durable compare-and-set statement, so
 * that any number of instances may work on one till; a change that came too late returns false and
 * did nothing. Every method blocks: call from a virtual thread. Fails with {@link
 * io.stoa.domain.MarketException.Unavailable} when the database does not answer; the change may
 * then have happened.
 */
public interface Till {

  /**
   * Takes an authorization for one call or errand, if it is free and its payer's balance covers it:
   * with what else is undecided of that payer. What Permit2 moves, its allowance must cover too.
   */
  Claim.Outcome claim(Claim claim);

  /** VERIFIED to RELEASED: nothing was served, nothing will be charged. */
  boolean release(Ticket ticket);

  /**
   * VERIFIED to SETTLING, together with the answer: from now on this payment is carried to the
   * chain.
   *
   * @param sealed the encrypted answer
   * @param charged what it costs, in the token's smallest unit: the payment's price if that is
   *     fixed, at most its amount else
   * @param lease how long the holder may take before others may carry on
   */
  boolean keepAnswer(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      BigInteger charged,
      Duration retention,
      Duration lease);

  /**
   * VERIFIED to FREE, together with the answer and its receipt: it costs nothing, and there is
   * nothing to settle.
   */
  boolean giveAway(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      Optional<String> receipt,
      Duration retention);

  /**
   * VERIFIED to SETTLING without an answer, for an errand or a call that is paid upfront; to FREE
   * if nothing is charged. Uses the ticket up: nobody was asked by it.
   *
   * @param charged as for {@link #keepAnswer}
   * @param lease as there
   */
  boolean begin(Ticket ticket, BigInteger charged, Duration lease);

  /**
   * The right to ask the provider about a call that is SETTLED without an answer, while nobody has
   * it. There is one turn at a time, and {@link Payment#MAX_ATTEMPTS} in all.
   *
   * @param lease how long the holder may take before it is the next one's turn
   */
  Optional<Leased> takeTurn(PaymentId id, Duration lease);

  /**
   * Keeps what a turn brought, with its receipt, if the call is still SETTLED as the turn's holder
   * saw it.
   *
   * @param settlement that the receipt tells of
   */
  boolean answerInTurn(
      Ticket ticket,
      Settlement settlement,
      byte[] sealed,
      Delivery delivery,
      String receipt,
      Duration retention);

  /** Ends a turn that brought nothing: it is the next one's, or SETTLED to REFUND_DUE. */
  boolean passTurn(Ticket ticket);

  /**
   * SETTLED to REFUND_DUE, for calls without an answer that nobody is at work on: whose turns are
   * used up, or that were settled longer ago than {@code patience}.
   */
  List<PaymentId> giveUp(Duration patience);

  /**
   * Payments that are REFUND_DUE, each to one caller, and again after {@code pause} or a tenth of
   * the debt's age, whichever is longer.
   */
  List<Payment> refundsDue(int limit, Duration pause);

  /**
   * REFUND_DUE to REFUNDED, once its settlement is beyond reorganisation.
   *
   * @param refund the transaction that paid the buyer back, beyond reorganisation too
   */
  boolean refunded(Payment payment, TxHash refund);

  /**
   * Gives a claimed payment a name, for as long as its answer is kept. A name that stands for
   * another payment stays that one's, unless it was released.
   *
   * @return whether the name now stands for {@code payment}
   */
  boolean name(CallName name, NamedPayment payment, Duration retention);

  /** What a name stands for. */
  Optional<NamedPayment> named(CallName name);

  /**
   * SETTLING to UNKNOWN, to be looked at again after {@code pause}; an UNKNOWN one is only put off.
   */
  boolean putOff(Payment payment, Duration pause);

  /**
   * SETTLING or UNKNOWN to SETTLED.
   *
   * @param receipt empty for an errand, and for a call without an answer
   */
  boolean settle(Payment payment, Settlement settlement, Optional<String> receipt);

  /** SETTLING or UNKNOWN to VOID. */
  boolean voidFor(Payment payment, String reason, BlockRef decidedBy);

  /**
   * Marks decisions as beyond reorganisation, each unless its payment was decided otherwise since,
   * or somebody is at work on it.
   *
   * @return how many were marked
   */
  int confirm(List<Decision> decisions);

  /** SETTLED, REFUND_DUE or VOID back to UNKNOWN: the block that decided it is gone. */
  boolean reopen(Payment payment, BlockRef lost);

  Optional<Payment> find(PaymentId id);

  /** Those of {@code ids} that were presented and not released since. */
  Set<PaymentId> known(Collection<PaymentId> ids);

  /**
   * The newest payment of {@code payer} for this very request that was served; whether it arrived,
   * its state says.
   */
  Optional<Payment> served(Address payer, ListingId listing, RequestDigest request);

  /** The stored answer, until its retention ends. */
  Optional<byte[]> answer(PaymentId id);

  /** What the receipt of a call says that is settled, or free; not signed yet. */
  Optional<String> receipt(PaymentId id);

  /**
   * Undecided payments whose holder's lease ended, each leased to the caller for {@code lease}
   * under a new fence.
   */
  List<Leased> takeOver(int limit, Duration lease);

  /** Decided payments that a reorganisation could still undo, oldest block first. */
  List<Payment> provisional(int limit);

  /** Payments that are neither settled, free, void nor released. */
  long undecided();

  /**
   * Drops names, and answers of decided payments, past their retention.
   *
   * @param limit of answers
   * @return how many answers were dropped
   */
  int dropExpiredAnswers(int limit);

  /** An undecided payment, and the right to act on it. */
  record Leased(Payment payment, Ticket ticket) {}
}
