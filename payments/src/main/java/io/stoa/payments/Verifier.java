package io.stoa.payments;

import io.stoa.crypto.Signature;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Funds;
import io.stoa.x402.ChainReads;
import io.stoa.x402.ChainReads.Eip3009State;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Permit2Reads;
import io.stoa.x402.Permit2Reads.Permit2State;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Says whether a payment holds by the rules of its scheme: first by itself, then at the head of the
 * chain. Changes nothing.
 */
final class Verifier {
  private static final long SKEW_SECONDS = 60;

  private final ChainReads transfers;
  private final Permit2Reads permits;
  private final Signers transferSigners;
  private final Signers permitSigners;
  private final Submissions submissions;
  private final Permit2Domain permit2;
  private final Clock clock;

  /** What it says. */
  sealed interface Verdict {
    /**
     * It holds.
     *
     * @param funds as they are once {@code approval} was tried
     * @param approval that is needed, and was seen to work
     */
    record Good(Funds funds, Optional<Approval> approval) implements Verdict {}

    /**
     * @param reason the protocol's code for the first rule it breaks
     */
    record Bad(String reason) implements Verdict {}

    /** Its payer must approve Permit2 first; there is no other objection. */
    record Unapproved() implements Verdict {}
  }

  Verifier(
      ChainReads transfers,
      Permit2Reads permits,
      Signers transferSigners,
      Signers permitSigners,
      Submissions submissions,
      Permit2Domain permit2,
      Clock clock) {
    this.transfers = transfers;
    this.permits = permits;
    this.transferSigners = transferSigners;
    this.permitSigners = permitSigners;
    this.submissions = submissions;
    this.permit2 = permit2;
    this.clock = clock;
  }

  /**
   * @param approval that its payer sent along
   */
  Verdict verify(SignedPayment signed, Optional<Eip2612Approval> approval, Asked asked) {
    return switch (signed) {
      case SignedTransfer transfer -> verify(transfer, asked);
      case SignedPermit permit -> verify(permit, approval, asked);
    };
  }

  private Verdict verify(SignedTransfer transfer, Asked asked) {
    return switch (byItself(transfer, asked)) {
      case Invalid<Sound<SignedTransfer>>(var reason) -> new Verdict.Bad(reason);
      case Valid<Sound<SignedTransfer>>(var sound) ->
          atHead(
              sound, transfers.read(transfer.amount().asset(), transfer.payer(), transfer.nonce()));
    };
  }

  /** What can be said of {@code transfer} without the chain. */
  Verification<Sound<SignedTransfer>> byItself(SignedTransfer transfer, Asked asked) {
    var said =
        ExactEip3009.verify(
            transfer, asked.option(), asked.domain(), clock.instant(), asked.room());
    return said instanceof Valid<Sound<SignedTransfer>> && livesTooLong(transfer, asked.option())
        ? new Invalid<>("invalid_exact_evm_payload_authorization_valid_before")
        : said;
  }

  /** What the chain knows of each, at one head. */
  List<Eip3009State> heads(List<SignedTransfer> some) {
    return transfers.read(
        some.stream()
            .map(each -> new ChainReads.Question(each.amount().asset(), each.payer(), each.nonce()))
            .toList());
  }

  /** Whether a contract's code has to agree, which takes another look at the chain. */
  static boolean isByContract(SignedTransfer transfer, Eip3009State state) {
    return state.payerHasCode() || transfer.signature().size() != Signature.LENGTH;
  }

  Verdict atHead(Sound<SignedTransfer> sound, Eip3009State state) {
    var transfer = sound.payment();
    if (ExactEip3009.verify(sound, state, transferSigners)
        instanceof Invalid<SignedTransfer>(var reason)) {
      return new Verdict.Bad(reason);
    }
    if (isByContract(transfer, state) && !wouldPay(transfer, Optional.empty())) {
      return new Verdict.Bad("invalid_exact_evm_transaction_simulation_failed");
    }
    return new Verdict.Good(
        new Funds(state.balance(), Optional.empty(), state.block().number()), Optional.empty());
  }

  private Verdict verify(SignedPermit permit, Optional<Eip2612Approval> approval, Asked asked) {
    return switch (Permit2Payments.verify(
        permit, asked.option(), permit2, clock.instant(), asked.room())) {
      case Invalid<Sound<SignedPermit>>(var reason) -> new Verdict.Bad(reason);
      case Valid<Sound<SignedPermit>> _ when isForAnotherFacilitator(permit) ->
          new Verdict.Bad("upto_facilitator_mismatch");
      case Valid<Sound<SignedPermit>> _ when livesTooLong(permit, asked.option()) ->
          new Verdict.Bad("permit2_deadline_too_late");
      case Valid<Sound<SignedPermit>>(var sound) -> atHead(sound, approval);
    };
  }

  private Verdict atHead(Sound<SignedPermit> sound, Optional<Eip2612Approval> sentAlong) {
    var permit = sound.payment();
    var state = permits.read(permit);
    var approval = isApproved(permit, state) ? Optional.<Eip2612Approval>empty() : sentAlong;
    if (Permit2Payments.verify(sound, state, approval, permitSigners)
        instanceof Invalid<SignedPermit>(var reason)) {
      return reason.equals(Permit2Payments.ALLOWANCE_REQUIRED)
          ? new Verdict.Unapproved()
          : new Verdict.Bad(reason);
    }
    var objection = approval.flatMap(given -> given.objection(permit, clock.instant()));
    if (objection.isPresent()) {
      return new Verdict.Bad(objection.get());
    }
    var tried = approval.map(Eip2612Approval::approval);
    boolean mustBeTried = state.payerHasCode() || tried.isPresent();
    if (mustBeTried && !wouldPay(permit, tried)) {
      return tried.isPresent()
          ? new Verdict.Unapproved()
          : new Verdict.Bad("permit2_simulation_failed");
    }
    // An approval does not add to the allowance, it takes its place.
    var allowance = tried.isPresent() ? permit.amount().units() : state.allowance();
    return new Verdict.Good(
        new Funds(state.balance(), Optional.of(allowance), state.block().number()), tried);
  }

  private static boolean isApproved(SignedPermit permit, Permit2State state) {
    return state.allowance().compareTo(permit.amount().units()) >= 0;
  }

  private boolean isForAnotherFacilitator(SignedPermit permit) {
    return permit.witness() instanceof Witness.Upto(_, var facilitator, _)
        && !submissions.isOurs(facilitator);
  }

  /** What rests on a stranger's code, or on what only its token judges, is tried out. */
  private boolean wouldPay(SignedPayment signed, Optional<Approval> approval) {
    return submissions.find(signed, approval, signed.amount().units()).isPresent();
  }

  /**
   * What stays undecided holds part of its payer's balance until it expires: no longer than the
   * option allows, give or take a clock.
   */
  private boolean livesTooLong(SignedPayment signed, PaymentRequirements option) {
    var latest = clock.instant().getEpochSecond() + option.maxTimeoutSeconds() + SKEW_SECONDS;
    return signed.expiry().compareTo(BigInteger.valueOf(latest)) > 0;
  }

  /** Why a payment is refused whose payer has signed away what it holds. */
  static String insufficientBalance(SignedPayment signed) {
    return switch (signed) {
      case SignedTransfer _ -> "invalid_exact_evm_insufficient_balance";
      case SignedPermit _ -> "permit2_insufficient_balance";
    };
  }

  /** Why a payment is refused whose nonce was presented with another. */
  static String nonceUsed(SignedPayment signed) {
    return switch (signed) {
      case SignedTransfer _ -> "invalid_exact_evm_nonce_already_used";
      case SignedPermit _ -> "permit2_invalid_nonce";
    };
  }
}
