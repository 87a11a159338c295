package io.stoa.x402.facilitator;

import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;

/**
 * Checks payments and puts them on the chain, for servers that do neither themselves (x402 §8).
 * Blocks: call from a virtual thread. A payment that does not hold is an answer; no answer is a
 * {@link FacilitatorFailure}.
 */
public interface Facilitator {

  /** What it can settle: to be compared at the start with what is going to be offered. */
  SupportedKinds supported();

  /** Whether {@code payment} would be settled now. Changes nothing. */
  VerifyResponse verify(PaymentPayload payment, PaymentRequirements requirements);

  /**
   * Settles {@code payment}, once, however often it is asked.
   *
   * @param requirements what was asked of the buyer; for scheme {@code upto} with the amount that
   *     is due
   */
  SettlementResponse settle(PaymentPayload payment, PaymentRequirements requirements);
}
