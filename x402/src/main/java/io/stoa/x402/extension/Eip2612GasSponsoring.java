package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;

/**
 * Extension {@code eip2612GasSponsoring}: a payer that has not approved Permit2 yet signs that
 * approval (EIP-2612) instead of sending it, and whoever settles the payment carries it along.
 */
public final class Eip2612GasSponsoring {
  public static final String KEY = "eip2612GasSponsoring";

  /** The only version there is. */
  public static final String VERSION = "1";

  private static final ObjectNode SCHEMA =
      Schemas.object(
          """
          {"properties": {
             "amount": {"type": "string", "pattern": "^[0-9]+$"},
             "nonce": {"type": "string", "pattern": "^[0-9]+$"},
             "deadline": {"type": "string", "pattern": "^[0-9]+$"}},
           "required": ["from", "asset", "spender", "amount", "nonce", "deadline", "signature",
                        "version"]}
          """);

  private Eip2612GasSponsoring() {}

  /** The part of a 402. Buyers put their own words in place of a description, so there is none. */
  public static ObjectNode part() {
    return Schemas.part(HeaderCodec.object().put("version", VERSION), SCHEMA);
  }
}
