package io.stoa.x402.extension;

import java.time.Instant;

/** Remembers the nonces of sign-ins, for all instances of a server. */
public interface SignInNonces {

  /**
   * Marks {@code nonce} as used, in one step however many ask at once.
   *
   * @param until when it may be forgotten: no sign-in is young enough then
   * @return whether it was unused
   */
  boolean use(String nonce, Instant until);
}
