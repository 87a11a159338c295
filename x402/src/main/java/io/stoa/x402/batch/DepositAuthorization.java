package io.stoa.x402.batch;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.ChannelId;
import java.math.BigInteger;

/** By which the contract may pull a deposit from its payer, once. */
public sealed interface DepositAuthorization {
  /** 65 canonical bytes of the payer's key, or whatever its contract understands. */
  Bytes signature();

  /** The first second, of Unix time, in which no block can hold it. */
  BigInteger expiry();

  /**
   * By the token itself (EIP-3009).
   *
   * @param validAfter Unix seconds; a block's time must be greater
   * @param validBefore Unix seconds; a block's time must be less
   * @param salt from which, with the channel, the nonce follows: a uint256
   */
  record Erc3009(BigInteger validAfter, BigInteger validBefore, BigInteger salt, Bytes signature)
      implements DepositAuthorization {
    @Override
    public BigInteger expiry() {
      return validBefore;
    }
  }

  /**
   * By Permit2, as the payer says it signed it.
   *
   * @param amount in the token's smallest unit
   * @param nonce any uint256 the payer has not used with Permit2 on this chain
   * @param deadline Unix seconds; a block's time must not be greater
   * @param channel the witness
   */
  record Permit2(
      Address from,
      Address token,
      BigInteger amount,
      Address spender,
      BigInteger nonce,
      BigInteger deadline,
      ChannelId channel,
      Bytes signature)
      implements DepositAuthorization {
    @Override
    public BigInteger expiry() {
      return deadline.add(BigInteger.ONE);
    }
  }
}
