package io.stoa.domain.payment;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A payer's signed permission to move money once (EIP-3009 {@code TransferWithAuthorization}):
 * anyone may submit it, nobody can change it.
 *
 * @param validAfter Unix seconds; a block's time must be greater
 * @param validBefore Unix seconds; a block's time must be less
 */
public record SignedTransfer(
    TokenAmount amount,
    Address payer,
    Address payTo,
    BigInteger validAfter,
    BigInteger validBefore,
    Bytes32 nonce,
    Bytes signature)
    implements SignedPayment {

  @Override
  public PaymentKey.Eip3009 key() {
    return new PaymentKey.Eip3009(amount.asset(), payer, nonce);
  }

  @Override
  public Optional<TokenAmount> fixedPrice() {
    return Optional.of(amount);
  }

  @Override
  public BigInteger expiry() {
    return validBefore;
  }

  @Override
  public boolean isDeadAt(long blockSeconds) {
    return validBefore.compareTo(BigInteger.valueOf(blockSeconds)) <= 0;
  }
}
