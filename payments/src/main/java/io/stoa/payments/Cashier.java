package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import io.stoa.x402.ChainReads;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Takes payments at the door of a paid request and gives answers out against them. The order is
 * fixed: verify, claim, (the provider works), keep the answer, settle, deliver. Every method
 * blocks: call from a virtual thread.
 */
public final class Cashier {
  private static final System.Logger LOG = System.getLogger(Cashier.class.getName());
  private static final long SKEW_SECONDS = 60;
  private static final int MOST_WAITING = 1_000;

  private final Till till;
  private final ChainReads chain;
  private final Signers signers;
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
      ChainReads chain,
      Signers signers,
      Settler settler,
      AnswerVault vault,
      Outcomes outcomes,
      Terms terms,
      Clock clock) {
    this.till = till;
    this.chain = chain;
    this.signers = signers;
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
   */
  public Admission.Outcome deliver(Admission.Admitted admitted, Answer answer, Instant deadline) {
    var id = admitted.payment().id();
    try {
      var bodySha256 = answer.bodySha256();
      boolean isKept =
          till.keepAnswer(
              admitted.ticket(),
              vault.seal(id, answer),
              bodySha256,
              terms.retention,
              terms.settling);
      if (!isKept) {
        return new Admission.Undecided(id);
      }
      var payment = answered(admitted.payment(), bodySha256);
      return switch (settler.submit(payment, deadline)) {
        case PaymentState.Settled(var settlement, _) ->
            new Admission.Delivered(payment, settlement, answer);
        case PaymentState.Voided(var reason, _, var isFinal) when isFinal ->
            new Admission.Voided(payment, reason);
        case PaymentState.Voided _,
            PaymentState.Verified _,
            PaymentState.Released _,
            PaymentState.Settling _,
            PaymentState.Unknown _ ->
            new Admission.Undecided(id);
      };
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "settlement interrupted, left to reconciliation: payment " + id, failure);
      return new Admission.Undecided(id);
    }
  }

  /**
   * Verifies and claims. Empty when the authorization is known already, or its balance must be read
   * again.
   */
  private Optional<Admission> claim(Presented presented) {
    if (presented.matched().isEmpty()) {
      return copyOr(presented, "invalid_payment_requirements");
    }
    var match = presented.matched().get();
    var transfer = presented.transfer();
    var verified =
        ExactEip3009.verify(
            transfer, match.option(), match.domain(), clock.instant(), match.room());
    Sound<SignedTransfer> sound;
    switch (verified) {
      case Verification.Invalid<Sound<SignedTransfer>>(var reason) -> {
        return copyOr(presented, reason);
      }
      case Verification.Valid<Sound<SignedTransfer>>(var payment) -> sound = payment;
    }
    if (livesTooLong(transfer, match.option())) {
      return copyOr(presented, "invalid_exact_evm_payload_authorization_valid_before");
    }
    var state = chain.read(transfer.amount().asset(), transfer.payer(), transfer.nonce());
    if (ExactEip3009.verify(sound, state, signers)
        instanceof Verification.Invalid<SignedTransfer>(var reason)) {
      return copyOr(presented, reason);
    }
    long searchFrom = Math.max(0, state.block().number() - terms.reorgDepth);
    var claim =
        new Claim(
            transfer,
            match.purchase(),
            presented.request(),
            state.balance(),
            state.block().number(),
            searchFrom,
            terms.work);
    return switch (till.claim(claim)) {
      case Claim.Outcome.Claimed(var ticket) ->
          Optional.of(new Admission.Admitted(ticket, claimed(presented, match, searchFrom)));
      case Claim.Outcome.Exhausted _ ->
          Optional.of(new Admission.Refused("payment_attempts_exhausted"));
      case Claim.Outcome.Overdrawn _ ->
          Optional.of(new Admission.Refused("invalid_exact_evm_insufficient_balance"));
      case Claim.Outcome.Taken _, Claim.Outcome.StaleBalance _ -> Optional.empty();
    };
  }

  /**
   * What stays undecided holds part of its payer's balance until {@code validBefore}: no longer
   * than the option allows, give or take a clock.
   */
  private boolean livesTooLong(SignedTransfer transfer, PaymentRequirements option) {
    var latest = clock.instant().getEpochSecond() + option.maxTimeoutSeconds() + SKEW_SECONDS;
    return transfer.validBefore().compareTo(BigInteger.valueOf(latest)) > 0;
  }

  /** A payment that does not hold now may still be a copy of one that did. */
  private Optional<Admission> copyOr(Presented presented, String reason) {
    boolean isCopy =
        till.find(presented.transfer().key().id())
            .filter(known -> !(known.state() instanceof PaymentState.Released))
            .isPresent();
    return isCopy ? Optional.empty() : Optional.of(new Admission.Refused(reason));
  }

  /**
   * What an earlier presentation of the same authorization comes to, waiting while it is in
   * progress. Empty when there is none, or none any more: then it may be claimed.
   */
  private Optional<Admission> follow(Presented presented, Instant deadline) {
    var id = presented.transfer().key().id();
    while (true) {
      var known = till.find(id);
      if (known.isPresent() && !known.get().transfer().equals(presented.transfer())) {
        return Optional.of(new Admission.Refused("invalid_exact_evm_nonce_already_used"));
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
      case PaymentState.Settled(var settlement, _) ->
          Optional.of(
              payment.request().equals(request) && request.hasBody()
                  ? again(payment, settlement)
                  : new Admission.UsedElsewhere(payment.id()));
      case PaymentState.Voided(var reason, _, var isFinal) ->
          // A reorganisation may still let it pay: to ask for another payment now could take two.
          isFinal ? Optional.of(new Admission.Voided(payment, reason)) : Optional.empty();
    };
  }

  private Admission again(Payment payment, Settlement settlement) {
    return till.answer(payment.id())
        .flatMap(kept -> vault.open(payment.id(), kept))
        .<Admission>map(answer -> new Admission.Delivered(payment, settlement, answer))
        .orElseGet(() -> new Admission.Forgotten(payment.id()));
  }

  private Payment claimed(Presented presented, Presented.Match match, long searchFrom) {
    return new Payment(
        presented.transfer(),
        match.purchase(),
        presented.request(),
        Optional.empty(),
        new PaymentState.Verified(),
        1,
        searchFrom,
        clock.instant());
  }

  private static Payment answered(Payment payment, Bytes32 bodySha256) {
    return new Payment(
        payment.transfer(),
        payment.purchase(),
        payment.request(),
        Optional.of(bodySha256),
        new PaymentState.Settling(),
        payment.attempts(),
        payment.searchFrom(),
        payment.presentedAt());
  }
}
