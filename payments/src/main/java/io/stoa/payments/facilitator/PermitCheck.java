package io.stoa.payments.facilitator;

import io.stoa.domain.Address;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.Permit2Reads;
import io.stoa.x402.Verification;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.facilitator.VerifyResponse.Invalid;
import io.stoa.x402.facilitator.VerifyResponse.Valid;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.ProxyCalls;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.time.Clock;
import java.util.Optional;

/**
 * Payments by Permit2, of scheme {@code exact} and {@code upto}.
 *
 * @param facilitator the account that settles here: no other can settle {@code upto}
 */
record PermitCheck(
    Permit2Reads chain,
    Signers signers,
    Trial trial,
    Permit2Domain permit2,
    Address facilitator,
    Clock clock)
    implements SchemeCheck {

  @Override
  public VerifyResponse check(PaymentPayload payment, TokenDomain domain) throws MalformedPayment {
    var permit = Permit2Payments.read(payment);
    if (permit.witness() instanceof Witness.Upto(_, var chosen, _) && !chosen.equals(facilitator)) {
      return new Invalid("upto_facilitator_mismatch", permit.payer());
    }
    return switch (Permit2Payments.verify(
        permit, payment.accepted(), permit2, clock.instant(), ExactEip3009.INCLUSION)) {
      case Verification.Invalid<Sound<SignedPermit>>(var reason) ->
          new Invalid(reason, permit.payer());
      case Verification.Valid<Sound<SignedPermit>>(var sound) -> check(sound);
    };
  }

  private VerifyResponse check(Sound<SignedPermit> sound) {
    var permit = sound.payment();
    var state = chain.read(permit);
    if (Permit2Payments.verify(sound, state, Optional.empty(), signers)
        instanceof Verification.Invalid<SignedPermit>(var reason)) {
      return new Invalid(reason, permit.payer());
    }
    return !state.payerHasCode()
            || trial.succeeds(
                permit.spender(), ProxyCalls.settle(permit, permit.amount().units()), state.block())
        ? new Valid(permit.payer())
        : new Invalid("permit2_simulation_failed", permit.payer());
  }
}
