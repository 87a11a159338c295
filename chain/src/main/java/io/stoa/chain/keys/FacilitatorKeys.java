package io.stoa.chain.keys;

import io.stoa.crypto.SigningKey;

/**
 * The keys of the public facilitator. They are none of the gateway's ({@link KeyRing}): what
 * strangers ask for can neither use up the nonces and the gas of the node's own sales, nor be
 * signed with the key that its own channels trust.
 *
 * @param sender pays gas; payers of {@code upto} name its account
 * @param authorizer speaks for channels of receivers that leave it to this facilitator
 */
public record FacilitatorKeys(SigningKey sender, SigningKey authorizer) {

  /** Reads both; fails with {@link KeyUnusable} on the first that is missing or unreadable. */
  public static FacilitatorKeys open(KeySource source) {
    var reader = KeyReader.of(source);
    return new FacilitatorKeys(
        SigningKey.of(reader.read("facilitator-sender")),
        SigningKey.of(reader.read("facilitator-authorizer")));
  }
}
