package io.stoa.domain.payment;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

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
    SignatureBytes signature) {

  public PaymentKey.Eip3009 key() {
    return new PaymentKey.Eip3009(amount.asset(), payer, nonce);
  }

  /** Whether no block of this time or later can hold it any more. */
  public boolean isDeadAt(long blockSeconds) {
    return validBefore.compareTo(BigInteger.valueOf(blockSeconds)) <= 0;
  }

  /**
   * A signature as the chain takes it: 65 bytes, r, s, v. Its strictness is checked where it is
   * read.
   */
  public static final class SignatureBytes {
    private final byte[] bytes;

    public SignatureBytes(byte[] bytes) {
      if (bytes.length != 65) {
        throw new IllegalArgumentException("not 65 bytes: " + bytes.length);
      }
      this.bytes = bytes.clone();
    }

    public byte[] toBytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof SignatureBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }
}
