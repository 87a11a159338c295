package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;

/**
 * Names a payment in public: the SHA-256 of its {@link PaymentKey}, so a payer can compute it
 * before paying.
 */
public record PaymentId(Bytes32 value) {
  public static PaymentId parse(String hex) {
    return new PaymentId(Bytes32.parse(hex));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
