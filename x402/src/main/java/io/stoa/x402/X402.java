package io.stoa.x402;

/** Names that appear on the wire (HTTP transport). */
public final class X402 {
  public static final int VERSION = 2;

  /** The version before, for clients that speak no other. */
  public static final int VERSION_1 = 1;

  /** Server to buyer: {@link PaymentRequired}. */
  public static final String PAYMENT_REQUIRED = "PAYMENT-REQUIRED";

  /** Buyer to server: {@link PaymentPayload}. */
  public static final String PAYMENT_SIGNATURE = "PAYMENT-SIGNATURE";

  /** Server to buyer: {@link SettlementResponse}. */
  public static final String PAYMENT_RESPONSE = "PAYMENT-RESPONSE";

  /** Buyer to server in version 1. */
  public static final String X_PAYMENT = "X-PAYMENT";

  /** Server to buyer in version 1. */
  public static final String X_PAYMENT_RESPONSE = "X-PAYMENT-RESPONSE";

  private X402() {}
}
