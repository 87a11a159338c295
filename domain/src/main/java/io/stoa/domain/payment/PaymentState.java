package io.stoa.domain.payment;

import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;
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
 *
 * A call that is paid upfront is Settled before its provider is asked. From there it goes on to
 * RefundDue, if it is never answered, and to Refunded; a reorganisation takes RefundDue back as it
 * does Settled.
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

  /**
   * This payment will be carried to the chain: the answer is stored, or will be asked for once the
   * money arrived.
   */
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
   * The money arrived upfront, and the provider gave nothing for it: it owes the price back.
   *
   * @param isFinal as of {@link Settled}
   */
  record RefundDue(Settlement settlement, boolean isFinal) implements PaymentState {}

  /**
   * The provider paid the price back, beyond reorganisation.
   *
   * @param refund the transaction that did
   */
  record Refunded(Settlement settlement, TxHash refund) implements PaymentState {}

  /**
   * The authorization can never pay us: it was used for something else, cancelled, or ran out.
   *
   * @param at the block that decided it
   */
  record Voided(String reason, BlockRef at, boolean isFinal) implements PaymentState {}
}
