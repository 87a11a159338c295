package io.stoa.x402.permit2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Permit2Reads.Permit2State;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads and verifies payments by Permit2: of scheme {@code exact}, where exactly the price is
 * signed, and of scheme {@code upto}, where a ceiling is. The checks come in the order of the
 * protocol; what needs the chain is apart, so that it is asked only about payments that are sound
 * by themselves.
 */
public final class Permit2Payments {
  /** The scheme under whose ceiling a server charges what was used. */
  public static final String UPTO = "upto";

  /** The payer must approve Permit2 for the token once; answered with status 412. */
  public static final String ALLOWANCE_REQUIRED = "permit2_allowance_required";

  private static final String AUTHORIZATION = "permit2Authorization";
  private static final String FACILITATOR = "facilitatorAddress";
  private static final String SIGNATURE = "invalid_permit2_signature";

  private Permit2Payments() {}

  /** What an option of scheme {@code exact} by Permit2 says in {@code extra}. */
  public static ObjectNode exactExtra(TokenDomain domain) {
    return ExactEip3009.extra(domain).put("assetTransferMethod", PaymentRequirements.PERMIT2);
  }

  /**
   * What an option of scheme {@code upto} says in {@code extra}.
   *
   * @param facilitator the account that will settle: no other can
   */
  public static ObjectNode uptoExtra(TokenDomain domain, Address facilitator) {
    return exactExtra(domain).put(FACILITATOR, facilitator.toString());
  }

  /** Whether {@code payload} is a payment by Permit2, whatever it says about itself elsewhere. */
  public static boolean isOne(PaymentPayload payload) {
    return payload.payload().has(AUTHORIZATION);
  }

  /** Reads the scheme's part of a payload. Nothing of it is verified then. */
  public static SignedPermit read(PaymentPayload payload) throws MalformedPayment {
    var authorization = payload.payload().object(AUTHORIZATION);
    var permitted = authorization.object("permitted");
    return new SignedPermit(
        new TokenAmount(
            new Asset(payload.accepted().network(), permitted.address("token")),
            permitted.uint256("amount")),
        authorization.address("from"),
        authorization.address("spender"),
        authorization.uint256OrHex("nonce"),
        authorization.uint256("deadline"),
        witness(payload.accepted().scheme(), authorization.object("witness")),
        payload.payload().bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  private static Witness witness(String scheme, Fields fields) throws MalformedPayment {
    return switch (scheme) {
      case ExactEip3009.SCHEME ->
          new Witness.Exact(fields.address("to"), fields.uint256("validAfter"));
      case UPTO ->
          new Witness.Upto(
              fields.address("to"), fields.address("facilitator"), fields.uint256("validAfter"));
      default ->
          throw new MalformedPayment(
              "unsupported_scheme",
              "/accepted/scheme",
              "/accepted/scheme is none that Permit2 pays for.");
    };
  }

  /**
   * Everything that can be said without the chain. Names the first rule that does not hold.
   *
   * @param offered the option the server found for this payload; its amount is the price, or the
   *     ceiling of {@code upto}
   * @param domain of the chain that {@code offered} names
   * @param room how long the permit must still be good; never less than {@link
   *     ExactEip3009#INCLUSION}
   */
  public static Verification<Sound<SignedPermit>> verify(
      SignedPermit permit,
      PaymentRequirements offered,
      Permit2Domain domain,
      Instant now,
      Duration room) {
    var broken = broken(permit, offered, domain, now, room);
    if (broken.isPresent()) {
      return new Invalid<>(broken.get());
    }
    var digest = PermitAuthorization.digest(permit, domain);
    var signature = PayerSignature.of(permit.payer(), digest, permit.signature());
    return new Valid<>(new Sound<>(permit, signature));
  }

  /** The first rule before the signature that does not hold. */
  private static Optional<String> broken(
      SignedPermit permit,
      PaymentRequirements offered,
      Permit2Domain domain,
      Instant now,
      Duration room) {
    if (!isOfMethod(permit.witness(), offered)) {
      return Optional.of(
          offered.scheme().equals(UPTO) ? "invalid_upto_evm_scheme" : "unsupported_payload_type");
    }
    var chain = permit.amount().asset().chain();
    if (!chain.equals(offered.network()) || !chain.equals(domain.chain())) {
      return Optional.of("invalid_" + offered.scheme() + "_evm_network_mismatch");
    }
    if (!permit.spender().equals(Permit2.proxy(permit.witness()))) {
      return Optional.of("invalid_permit2_spender");
    }
    if (!permit.payTo().equals(offered.payTo())) {
      return Optional.of("invalid_permit2_recipient_mismatch");
    }
    if (permit.witness() instanceof Witness.Upto(_, var facilitator, _)
        && !facilitator.toString().equalsIgnoreCase(offered.extra().path(FACILITATOR).asText())) {
      return Optional.of("upto_facilitator_mismatch");
    }
    var second = BigInteger.valueOf(now.getEpochSecond());
    long rest = Math.max(room.toSeconds(), ExactEip3009.INCLUSION.toSeconds());
    if (permit.deadline().compareTo(second.add(BigInteger.valueOf(rest))) < 0) {
      return Optional.of("permit2_deadline_expired");
    }
    if (permit.witness().validAfter().compareTo(second) > 0) {
      return Optional.of("permit2_not_yet_valid");
    }
    if (!permit.amount().units().equals(offered.amount())) {
      return Optional.of("permit2_amount_mismatch");
    }
    if (!permit.amount().asset().token().equals(offered.asset())) {
      return Optional.of("permit2_token_mismatch");
    }
    return Optional.empty();
  }

  private static boolean isOfMethod(Witness witness, PaymentRequirements offered) {
    var scheme =
        switch (witness) {
          case Witness.Exact _ -> ExactEip3009.SCHEME;
          case Witness.Upto _ -> UPTO;
        };
    return offered.scheme().equals(scheme)
        && offered.assetTransferMethod().equals(PaymentRequirements.PERMIT2);
  }

  /**
   * What only the chain can say, of a payment that is sound by itself.
   *
   * @param approval that makes up for a missing allowance when it is settled along; only a trial of
   *     the settlement shows whether the token takes it
   */
  public static Verification<SignedPermit> verify(
      Sound<SignedPermit> sound,
      Permit2State state,
      Optional<Eip2612Approval> approval,
      Signers signers) {
    var objection =
        signers.objection(sound.signature(), state.payerHasCode(), state.block(), SIGNATURE);
    if (objection.isPresent()) {
      return new Invalid<>(objection.get());
    }
    if (!state.assetHasCode()) {
      return new Invalid<>("asset_not_deployed_contract");
    }
    if (!state.spenderHasCode()) {
      return new Invalid<>("permit2_proxy_not_deployed");
    }
    if (state.isNonceUsed()) {
      return new Invalid<>("permit2_invalid_nonce");
    }
    var amount = sound.payment().amount().units();
    if (state.balance().compareTo(amount) < 0) {
      return new Invalid<>("permit2_insufficient_balance");
    }
    if (approval.isEmpty() && state.allowance().compareTo(amount) < 0) {
      return new Invalid<>(ALLOWANCE_REQUIRED);
    }
    return new Valid<>(sound.payment());
  }
}
