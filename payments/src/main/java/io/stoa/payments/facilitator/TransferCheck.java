package io.stoa.payments.facilitator;

import io.stoa.domain.Bytes;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.Verification;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.facilitator.VerifyResponse.Invalid;
import io.stoa.x402.facilitator.VerifyResponse.Valid;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.time.Clock;

/** Payments of scheme {@code exact} by EIP-3009. */
record TransferCheck(ChainReads chain, Signers signers, Trial trial, Clock clock)
    implements SchemeCheck {

  @Override
  public VerifyResponse check(PaymentPayload payment, TokenDomain domain) throws MalformedPayment {
    var transfer = ExactEip3009.read(payment);
    return switch (ExactEip3009.verify(
        transfer, payment.accepted(), domain, clock.instant(), ExactEip3009.INCLUSION)) {
      case Verification.Invalid<Sound<SignedTransfer>>(var reason) ->
          new Invalid(reason, transfer.payer());
      case Verification.Valid<Sound<SignedTransfer>>(var sound) -> check(sound);
    };
  }

  private VerifyResponse check(Sound<SignedTransfer> sound) {
    var transfer = sound.payment();
    var state = chain.read(transfer.amount().asset(), transfer.payer(), transfer.nonce());
    if (ExactEip3009.verify(sound, state, signers)
        instanceof Verification.Invalid<SignedTransfer>(var reason)) {
      return new Invalid(reason, transfer.payer());
    }
    return !state.payerHasCode()
            || trial.succeeds(
                transfer.amount().asset().token(),
                Bytes.wrap(TransferAuthorization.submission(transfer)),
                state.block())
        ? new Valid(transfer.payer())
        : new Invalid("invalid_exact_evm_transaction_simulation_failed", transfer.payer());
  }
}
