package io.stoa.domain.payment;

import io.stoa.domain.BlockRef;
import java.math.BigInteger;

/**
 * Where a payment stands.
 *
 * <pre>
 * Verified ─→ Settling ─→ Settled
 *  │    │        │  ↑        │ reorganisation
 *  ↓    ↓        ↓  │        ↓
 * Free Released Unknown ←────┤
 *                │           │
 *                └──→ Voided ┘
 * </pre>
 */
public sealed interface PaymentState {

  /** Claimed: the provider is being asked. Nothing was broadcast, nothing is charged. */
  record Verified() implements PaymentState {}

  /** Not served, not charged: the same payment may be presented again. */
  record Released() implements PaymentState {}

  /**
   * Served for a metered price of zero: there is no transaction. The chain does not know the nonce
   * as used, so it stays taken here.
   */
  record Free() implements PaymentState {}

  /** The answer is stored and this payment will be carried to the chain. */
  record Settling() implements PaymentState {}

  /**
   * It may or may not reach the chain. Decided by {@link Settled} or {@link Voided} at the latest
   * with the first final block whose time reaches {@code deadline}.
   *
   * @param deadline Unix seconds
   */
  record Unknown(BigInteger deadline) implements PaymentState {}

  /**
   * The money arrived. Until {@code isFinal} a reorganisation can still take it back to {@link
   * Unknown}.
   */
  record Settled(Settlement settlement, boolean isFinal) implements PaymentState {}

  /**
   * The authorization can never pay us: it was used for something else, cancelled, or ran out.
   *
   * @param at the block that decided it
   */
  record Voided(String reason, BlockRef at, boolean isFinal) implements PaymentState {}
}
