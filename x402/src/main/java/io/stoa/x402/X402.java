package io.stoa.x402;

/** Names that appear on the wire (x402 version 2, HTTP transport). */
public final class X402 {
  public static final int VERSION = 2;

  /** Server to buyer: {@link PaymentRequired}. */
  public static final String PAYMENT_REQUIRED = "PAYMENT-REQUIRED";

  /** Buyer to server: {@link PaymentPayload}. */
  public static final String PAYMENT_SIGNATURE = "PAYMENT-SIGNATURE";

  /** Server to buyer: {@link SettlementResponse}. */
  public static final String PAYMENT_RESPONSE = "PAYMENT-RESPONSE";

  private X402() {}
}
