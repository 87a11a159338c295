package io.stoa.x402.permit2;

import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.extension.Eip2612GasSponsoring;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A payer's signed approval of Permit2 (EIP-2612), sent along by a payer that has not approved it
 * yet and pays no gas for it: extension {@code eip2612GasSponsoring}.
 *
 * @param amount what is approved
 * @param nonce the payer's running number at the token
 * @param deadline Unix seconds; a block's time must not be greater
 */
public record Eip2612Approval(
    TokenAmount amount,
    Address payer,
    Address spender,
    BigInteger nonce,
    BigInteger deadline,
    Signature signature) {
  /** Empty when the payer sent none: a bare echo of what was advertised is none. */
  public static Optional<Eip2612Approval> read(PaymentPayload payload) throws MalformedPayment {
    try {
      var extension =
          Fields.of(payload.extensions(), "/extensions").optionalObject(Eip2612GasSponsoring.KEY);
      if (extension.isEmpty()) {
        return Optional.empty();
      }
      var info = extension.get().object("info");
      return info.has("signature") ? Optional.of(read(info, payload)) : Optional.empty();
    } catch (MalformedPayment malformed) {
      throw malformed.as("invalid_eip2612_extension_format");
    }
  }

  private static Eip2612Approval read(Fields info, PaymentPayload payload) throws MalformedPayment {
    if (!info.text("version").equals(Eip2612GasSponsoring.VERSION)) {
      throw info.wrong("version", "must be \"" + Eip2612GasSponsoring.VERSION + "\"");
    }
    return new Eip2612Approval(
        new TokenAmount(
            new Asset(payload.accepted().network(), info.address("asset")), info.uint256("amount")),
        info.address("from"),
        info.address("spender"),
        info.uint256("nonce"),
        info.uint256("deadline"),
        signature(info));
  }

  private static Signature signature(Fields info) throws MalformedPayment {
    Bytes bytes = info.bytes("signature", Signature.LENGTH);
    try {
      return Signature.strict(bytes.toBytes());
    } catch (IllegalArgumentException loose) {
      throw info.wrong("signature", "is not canonical: " + loose.getMessage());
    }
  }

  /** What a settlement of the permit takes along, if there is no {@link #objection}. */
  public Approval approval() {
    return new Approval(deadline, Bytes.wrap(signature.toBytes()));
  }

  /** Why it is not for {@code permit}: the first rule of the protocol that it breaks. */
  public Optional<String> objection(SignedPermit permit, Instant now) {
    if (!payer.equals(permit.payer())) {
      return Optional.of("eip2612_from_mismatch");
    }
    if (!amount.asset().equals(permit.amount().asset())) {
      return Optional.of("eip2612_asset_mismatch");
    }
    if (!spender.equals(Permit2.CONTRACT)) {
      return Optional.of("eip2612_spender_not_permit2");
    }
    var last = now.plus(ExactEip3009.INCLUSION).getEpochSecond();
    if (deadline.compareTo(BigInteger.valueOf(last)) < 0) {
      return Optional.of("eip2612_deadline_expired");
    }
    if (!amount.equals(permit.amount())) {
      return Optional.of("permit2_2612_amount_mismatch");
    }
    return Optional.empty();
  }
}
