package io.stoa.chain.token;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;

/** What a token logs about payments (ERC-20, EIP-3009). */
public sealed interface TokenEvent {
  /** The contract that logged it. */
  Address token();

  /**
   * @param units atomic units
   */
  record Transferred(Address token, Address from, Address to, BigInteger units)
      implements TokenEvent {}

  /** A transfer by authorization took place; its {@link Transferred} stands beside it. */
  record AuthorizationUsed(Address token, Address authorizer, Bytes32 nonce)
      implements TokenEvent {}

  /** The authorization was made void before it was used. */
  record AuthorizationCanceled(Address token, Address authorizer, Bytes32 nonce)
      implements TokenEvent {}
}
