package io.stoa.x402.permit2;

import io.stoa.domain.payment.SignedPermit;
import java.math.BigInteger;

/** What a metered price comes to under the ceiling a payer signed (scheme {@code upto}). */
public sealed interface UptoCharge {

  /**
   * Nothing was used: the request is served and no transaction is sent. The chain then does not
   * know the permit's nonce as used, so whoever took the permit refuses it until it is dead.
   */
  record Free() implements UptoCharge {}

  /**
   * To be settled, once: what is left under the ceiling is lost to the payee.
   *
   * @param units in the token's smallest unit; above zero
   */
  record Due(BigInteger units) implements UptoCharge {}

  /** More than was signed: a fault of the meter, for which the payer owes nothing. */
  record AboveCeiling() implements UptoCharge {
    public static final String REASON = "invalid_upto_evm_payload_settlement_exceeds_amount";
  }

  /**
   * Decides on {@code price}, in the token's smallest unit. Fails when it is negative, or when the
   * permit is of scheme {@code exact}, which has no meter.
   */
  static UptoCharge of(SignedPermit permit, BigInteger price) {
    if (!(permit.witness() instanceof SignedPermit.Witness.Upto) || price.signum() < 0) {
      throw new IllegalArgumentException("not a metered price under a ceiling: " + price);
    }
    if (price.signum() == 0) {
      return new Free();
    }
    return price.compareTo(permit.amount().units()) <= 0 ? new Due(price) : new AboveCeiling();
  }
}
