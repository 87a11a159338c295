package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Takes payments at the door of a paid request and gives answers out against them. The order is
 * fixed: verify, claim, (the provider works), keep the answer, settle, deliver. Every method
 * blocks: call from a virtual thread.
 */
public final class Cashier {
  private static final System.Logger LOG = System.getLogger(Cashier.class.getName());
  private static final int MOST_WAITING = 1_000;

  private final Till till;
  private final Verifier verifier;
  private final Settler settler;
  private final AnswerVault vault;
  private final Outcomes outcomes;
  private final Terms terms;
  private final Clock clock;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /**
   * How long things may take, and how long they are kept.
   *
   * @param work what the holder of a claim has for the provider's answer, before others may release
   *     it
   * @param settling what it then has to settle, before others carry on
   * @param retention how long an answer can be fetched again
   * @param reorgDepth blocks below the head that may still be replaced
   */
  public record Terms(Duration work, Duration settling, Duration retention, long reorgDepth) {}

  Cashier(
      Till till,
      Verifier verifier,
      Settler settler,
      AnswerVault vault,
      Outcomes outcomes,
      Terms terms,
      Clock clock) {
    this.till = till;
    this.verifier = verifier;
    this.settler = settler;
    this.vault = vault;
    this.outcomes = outcomes;
    this.terms = terms;
    this.clock = clock;
  }

  /**
   * Decides what {@code presented} opens. A copy of a payment in progress waits for its outcome
   * until {@code deadline}.
   */
  public Admission admit(Presented presented, Instant deadline) {
    while (true) {
      var claimed = claim(presented);
      if (claimed.isPresent()) {
        return claimed.get();
      }
      var followed = follow(presented, deadline);
      if (followed.isPresent()) {
        return followed.get();
      }
    }
  }

  /** The provider gave nothing worth paying for: the same payment may be presented again. */
  public void release(Ticket ticket) {
    till.release(ticket);
    outcomes.announce(ticket.id());
  }

  /**
   * Keeps the provider's answer, settles, and says whether it may be delivered. Once the answer is
   * kept the payment is carried to the chain, whether or not the buyer is still there.
   *
   * @param price what the work turned out to cost, in the token's smallest unit: charged under a
   *     ceiling, and at most that; where the payer signed a fixed price, that one is charged
   */
  public Admission.Outcome deliver(
      Admission.Admitted admitted, Answer answer, BigInteger price, Instant deadline) {
    var payment = admitted.payment().answered(charged(admitted, price), answer.bodySha256());
    try {
      return payment.state() instanceof PaymentState.Free
          ? giveAway(admitted.ticket(), payment, answer)
          : sell(admitted.ticket(), payment, answer, deadline);
    } catch (RuntimeException failure) {
      LOG.log(
          WARNING,
          "settlement interrupted, left to reconciliation: payment " + payment.id(),
          failure);
      return new Admission.Undecided(payment.id());
    }
  }

  private TokenAmount charged(Admission.Admitted admitted, BigInteger price) {
    var signed = admitted.payment().signed();
    var most = signed.amount();
    if (signed.fixedPrice().isPresent()) {
      return signed.fixedPrice().get();
    }
    if (price.compareTo(most.units()) > 0) {
      release(admitted.ticket());
      throw new IllegalArgumentException("metered above what was signed: " + price);
    }
    return new TokenAmount(most.asset(), price);
  }

  private Admission.Outcome giveAway(Ticket ticket, Payment payment, Answer answer) {
    var id = payment.id();
    boolean isKept =
        till.giveAway(ticket, vault.seal(id, answer), answer.bodySha256(), terms.retention);
    outcomes.announce(id);
    return isKept ? new Admission.DeliveredFree(payment, answer) : new Admission.Undecided(id);
  }

  private Admission.Outcome sell(Ticket ticket, Payment payment, Answer answer, Instant deadline) {
    var id = payment.id();
    boolean isKept =
        till.keepAnswer(
            ticket,
            vault.seal(id, answer),
            answer.bodySha256(),
            payment.price().units(),
            terms.retention,
            terms.settling);
    if (!isKept) {
      return new Admission.Undecided(id);
    }
    return switch (settler.submit(payment, deadline)) {
      case PaymentState.Settled(var settlement, _) ->
          new Admission.Delivered(payment, settlement, answer);
      case PaymentState.Voided(var reason, _, var isFinal) when isFinal ->
          new Admission.Voided(payment, reason);
      case PaymentState.Voided _,
          PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _ ->
          new Admission.Undecided(id);
    };
  }

  /**
   * Verifies and claims. Empty when the authorization is known already, or its balance must be read
   * again.
   */
  private Optional<Admission> claim(Presented presented) {
    if (presented.matched().isEmpty()) {
      return copyOr(presented, new Admission.Refused("invalid_payment_requirements"));
    }
    var match = presented.matched().get();
    return switch (verifier.verify(presented, match)) {
      case Verifier.Verdict.Bad(var reason) -> copyOr(presented, new Admission.Refused(reason));
      case Verifier.Verdict.Unapproved _ -> copyOr(presented, new Admission.AllowanceRequired());
      case Verifier.Verdict.Good good -> claim(presented, match, good);
    };
  }

  private Optional<Admission> claim(
      Presented presented, Presented.Match match, Verifier.Verdict.Good good) {
    var claim =
        new Claim(
            presented.signed(),
            good.approval(),
            match.purchase(),
            presented.request(),
            good.funds(),
            Math.max(0, good.funds().block() - terms.reorgDepth),
            terms.work);
    return switch (till.claim(claim)) {
      case Claim.Outcome.Claimed(var ticket) ->
          Optional.of(new Admission.Admitted(ticket, claimed(claim)));
      case Claim.Outcome.Exhausted _ ->
          Optional.of(new Admission.Refused("payment_attempts_exhausted"));
      case Claim.Outcome.Overdrawn _ ->
          Optional.of(new Admission.Refused(Verifier.insufficientBalance(presented.signed())));
      case Claim.Outcome.Unapproved _ -> Optional.of(new Admission.AllowanceRequired());
      case Claim.Outcome.Taken _, Claim.Outcome.StaleBalance _ -> Optional.empty();
    };
  }

  /** A payment that does not hold now may still be a copy of one that did. */
  private Optional<Admission> copyOr(Presented presented, Admission otherwise) {
    boolean isCopy =
        till.find(presented.signed().key().id())
            .filter(known -> !(known.state() instanceof PaymentState.Released))
            .isPresent();
    return isCopy ? Optional.empty() : Optional.of(otherwise);
  }

  /**
   * What an earlier presentation of the same authorization comes to, waiting while it is in
   * progress. Empty when there is none, or none any more: then it may be claimed.
   */
  private Optional<Admission> follow(Presented presented, Instant deadline) {
    var signed = presented.signed();
    var id = signed.key().id();
    while (true) {
      var known = till.find(id);
      if (known.isPresent() && !known.get().signed().equals(signed)) {
        return Optional.of(new Admission.Refused(Verifier.nonceUsed(signed)));
      }
      var decided = known.flatMap(payment -> decided(payment, presented.request()));
      if (decided.isPresent()) {
        return decided;
      }
      if (clock.instant().isAfter(deadline) || !waiting.tryAcquire()) {
        return Optional.of(new Admission.Undecided(id));
      }
      try {
        outcomes.await(id);
      } finally {
        waiting.release();
      }
      if (known.isEmpty() || known.get().state() instanceof PaymentState.Released) {
        return Optional.empty();
      }
    }
  }

  private Optional<Admission> decided(Payment payment, RequestDigest request) {
    return switch (payment.state()) {
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Settling _,
          PaymentState.Unknown _ ->
          Optional.empty();
      case PaymentState.Free _ ->
          Optional.of(
              again(payment, request, answer -> new Admission.DeliveredFree(payment, answer)));
      case PaymentState.Settled(var settlement, _) ->
          Optional.of(
              again(
                  payment,
                  request,
                  answer -> new Admission.Delivered(payment, settlement, answer)));
      case PaymentState.Voided(var reason, _, var isFinal) ->
          // A reorganisation may still let it pay: to ask for another payment now could take two.
          isFinal ? Optional.of(new Admission.Voided(payment, reason)) : Optional.empty();
    };
  }

  private Admission again(
      Payment payment, RequestDigest request, Function<Answer, Admission> delivered) {
    if (!payment.request().equals(request) || !request.hasBody()) {
      return new Admission.UsedElsewhere(payment.id());
    }
    return till.answer(payment.id())
        .flatMap(kept -> vault.open(payment.id(), kept))
        .map(delivered)
        .orElseGet(() -> new Admission.Forgotten(payment.id()));
  }

  private Payment claimed(Claim claim) {
    return new Payment(
        claim.signed(),
        claim.approval(),
        claim.signed().fixedPrice(),
        claim.purchase(),
        claim.request(),
        Optional.empty(),
        new PaymentState.Verified(),
        1,
        claim.searchFrom(),
        clock.instant());
  }
}
