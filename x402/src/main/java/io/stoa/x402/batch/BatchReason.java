package io.stoa.x402.batch;

/** The protocol's codes for what is wrong with a payment of this scheme. */
public final class BatchReason {
  private static final String PREFIX = "invalid_batch_settlement_evm_";

  // How the payload is written
  public static final String PAYLOAD_TYPE = PREFIX + "payload_type";
  public static final String VOUCHER_PAYLOAD = PREFIX + "voucher_payload";
  public static final String DEPOSIT_PAYLOAD = PREFIX + "deposit_payload";
  public static final String REFUND_PAYLOAD = PREFIX + "refund_payload";
  public static final String CLAIM_PAYLOAD = PREFIX + "claim_payload";
  public static final String SETTLE_PAYLOAD = PREFIX + "settle_payload";
  public static final String UNKNOWN_SETTLE_ACTION = PREFIX + "unknown_settle_action";
  public static final String REFUND_AMOUNT_INVALID = PREFIX + "refund_amount_invalid";
  public static final String CHANNEL_ID_INVALID = PREFIX + "channel_id_invalid";
  public static final String WITHDRAW_DELAY_OUT_OF_RANGE = PREFIX + "withdraw_delay_out_of_range";

  // Whether the channel is one that the option asks for
  public static final String SCHEME = PREFIX + "scheme";
  public static final String NETWORK_MISMATCH = PREFIX + "network_mismatch";
  public static final String CHANNEL_ID_MISMATCH = PREFIX + "channel_id_mismatch";
  public static final String RECEIVER_MISMATCH = PREFIX + "receiver_mismatch";
  public static final String RECEIVER_AUTHORIZER_MISMATCH = PREFIX + "receiver_authorizer_mismatch";
  public static final String TOKEN_MISMATCH = PREFIX + "token_mismatch";
  public static final String WITHDRAW_DELAY_MISMATCH = PREFIX + "withdraw_delay_mismatch";
  public static final String VOUCHER_SIGNATURE = PREFIX + "voucher_signature";

  // Whether the deposit is good
  public static final String DEPOSIT_BELOW_MIN_DEPOSIT = PREFIX + "deposit_below_min_deposit";
  public static final String MISSING_EIP712_DOMAIN = PREFIX + "missing_eip712_domain";
  public static final String ERC3009_AUTHORIZATION_REQUIRED =
      PREFIX + "erc3009_authorization_required";
  public static final String VALID_BEFORE = PREFIX + "payload_authorization_valid_before";
  public static final String VALID_AFTER = PREFIX + "payload_authorization_valid_after";
  public static final String RECEIVE_AUTHORIZATION_SIGNATURE =
      PREFIX + "receive_authorization_signature";
  public static final String PERMIT2_AUTHORIZATION_REQUIRED =
      PREFIX + "permit2_authorization_required";
  public static final String PERMIT2_INVALID_SPENDER = PREFIX + "permit2_invalid_spender";
  public static final String PERMIT2_AMOUNT_MISMATCH = PREFIX + "permit2_amount_mismatch";
  public static final String PERMIT2_DEADLINE_EXPIRED = PREFIX + "permit2_deadline_expired";
  public static final String PERMIT2_INVALID_SIGNATURE = PREFIX + "permit2_invalid_signature";
  public static final String EIP2612_OWNER_MISMATCH = PREFIX + "eip2612_owner_mismatch";
  public static final String EIP2612_ASSET_MISMATCH = PREFIX + "eip2612_asset_mismatch";
  public static final String EIP2612_SPENDER_MISMATCH = PREFIX + "eip2612_spender_mismatch";
  public static final String EIP2612_AMOUNT_MISMATCH = PREFIX + "eip2612_amount_mismatch";
  public static final String EIP2612_DEADLINE_EXPIRED = PREFIX + "eip2612_deadline_expired";
  public static final String INSUFFICIENT_BALANCE = PREFIX + "insufficient_balance";

  /** The payer must approve Permit2 for the token once. */
  public static final String PERMIT2_ALLOWANCE_REQUIRED = PREFIX + "permit2_allowance_required";

  // What became of a transaction, or would have
  public static final String DEPOSIT_SIMULATION_FAILED = PREFIX + "deposit_simulation_failed";
  public static final String DEPOSIT_TRANSACTION_FAILED = PREFIX + "deposit_transaction_failed";
  public static final String AUTHORIZER_ADDRESS_MISMATCH = PREFIX + "authorizer_address_mismatch";
  public static final String CLAIM_SIMULATION_FAILED = PREFIX + "claim_simulation_failed";
  public static final String CLAIM_TRANSACTION_FAILED = PREFIX + "claim_transaction_failed";
  public static final String NOTHING_TO_SETTLE = PREFIX + "nothing_to_settle";
  public static final String SETTLE_SIMULATION_FAILED = PREFIX + "settle_simulation_failed";
  public static final String SETTLE_TRANSACTION_FAILED = PREFIX + "settle_transaction_failed";
  public static final String REFUND_SIMULATION_FAILED = PREFIX + "refund_simulation_failed";
  public static final String REFUND_TRANSACTION_FAILED = PREFIX + "refund_transaction_failed";

  // Whether the channel stands as the payer thinks; BUSY and the next two invite it to try again
  public static final String CHANNEL_NOT_FOUND = PREFIX + "channel_not_found";
  public static final String CHANNEL_BUSY = PREFIX + "channel_busy";
  public static final String CUMULATIVE_AMOUNT_MISMATCH = PREFIX + "cumulative_amount_mismatch";
  public static final String CUMULATIVE_BELOW_CLAIMED = PREFIX + "cumulative_below_claimed";
  public static final String CUMULATIVE_EXCEEDS_BALANCE = PREFIX + "cumulative_exceeds_balance";
  public static final String REFUND_NO_BALANCE = PREFIX + "refund_no_balance";

  private BatchReason() {}
}
