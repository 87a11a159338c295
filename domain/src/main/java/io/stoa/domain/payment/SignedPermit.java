package io.stoa.domain.payment;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A payer's signed permission to move money once by Permit2 ({@code PermitWitnessTransferFrom}):
 * only {@code spender} may use it, and only as the witness says.
 *
 * @param amount the most that may be moved
 * @param spender the contract the payer lets move it
 * @param nonce any uint256 the payer has not used with Permit2 on this chain, in any order
 * @param deadline Unix seconds; a block's time must not be greater
 */
public record SignedPermit(
    TokenAmount amount,
    Address payer,
    Address spender,
    BigInteger nonce,
    BigInteger deadline,
    Witness witness,
    Bytes signature)
    implements SignedPayment {

  /** What the payer signed besides the permission, and the spender keeps to. */
  public sealed interface Witness {
    /** Who is paid. */
    Address to();

    /** Unix seconds; a block's time must not be less. */
    BigInteger validAfter();

    /** Of scheme {@code exact}: anyone may have exactly the amount moved. */
    record Exact(Address to, BigInteger validAfter) implements Witness {}

    /**
     * Of scheme {@code upto}.
     *
     * @param facilitator the one account that may settle, and so choose the amount
     */
    record Upto(Address to, Address facilitator, BigInteger validAfter) implements Witness {}
  }

  @Override
  public PaymentKey.Permit2 key() {
    return new PaymentKey.Permit2(amount.asset().chain(), payer, nonce);
  }

  @Override
  public Address payTo() {
    return witness.to();
  }

  @Override
  public Optional<TokenAmount> fixedPrice() {
    return switch (witness) {
      case Witness.Exact _ -> Optional.of(amount);
      case Witness.Upto _ -> Optional.empty();
    };
  }

  @Override
  public BigInteger expiry() {
    return deadline;
  }

  @Override
  public boolean isDeadAt(long blockSeconds) {
    return deadline.compareTo(BigInteger.valueOf(blockSeconds)) < 0;
  }
}
