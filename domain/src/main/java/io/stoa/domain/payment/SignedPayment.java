package io.stoa.domain.payment;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Optional;

/** A payer's signed permission to move its money once, to one receiver. */
public sealed interface SignedPayment permits SignedTransfer, SignedPermit {
  /** Longest signature that is read, in bytes: room for a contract wallet with many owners. */
  int MAX_SIGNATURE = 8 * 1024;

  /** What the chain itself lets happen once. */
  PaymentKey key();

  Address payer();

  Address payTo();

  /** What is moved; for scheme {@code upto}, the most that may be. */
  TokenAmount amount();

  /** What will be charged; empty for scheme {@code upto}, where only the work shows it. */
  Optional<TokenAmount> fixedPrice();

  /** The time after which it cannot pay any more, in Unix seconds; see {@link #isDeadAt}. */
  BigInteger expiry();

  /**
   * As the payer sent it: 65 canonical bytes of its key, or whatever its contract understands. What
   * it is worth is decided where it is verified.
   */
  Bytes signature();

  /** Whether no block of this time or later can hold it any more. */
  boolean isDeadAt(long blockSeconds);
}
