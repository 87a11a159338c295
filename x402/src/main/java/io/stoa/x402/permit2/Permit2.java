package io.stoa.x402.permit2;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.SignedPermit.Witness;
import java.math.BigInteger;

/** The contracts that move money by Permit2: each has one address on every chain. */
public final class Permit2 {
  /** Moves tokens by its owners' signatures. Payers approve it once for each token. */
  public static final Address CONTRACT =
      Address.parse("0x000000000022D473030F116dDEE9F6B43aC78BA3");

  /** The spender of scheme {@code exact}. */
  public static final Address EXACT_PROXY =
      Address.parse("0x402085c248EeA27D92E8b30b2C58ed07f9E20001");

  /** The spender of scheme {@code upto}. */
  public static final Address UPTO_PROXY =
      Address.parse("0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002");

  /** {@code UnorderedNonceInvalidation(owner, word, mask)}, the first indexed. */
  public static final Bytes32 NONCES_INVALIDATED =
      Abi.topic("UnorderedNonceInvalidation(address,uint256,uint256)");

  private static final byte[] NONCE_BITMAP = Abi.selector("nonceBitmap(address,uint256)");

  private Permit2() {}

  /** The spender that keeps to {@code witness}. */
  public static Address proxy(Witness witness) {
    return switch (witness) {
      case Witness.Exact _ -> EXACT_PROXY;
      case Witness.Upto _ -> UPTO_PROXY;
    };
  }

  /** Asks {@link #CONTRACT} for the 256 used nonces of {@code owner} around {@code nonce}. */
  public static Bytes nonceBitmap(Address owner, BigInteger nonce) {
    return Bytes.wrap(
        Abi.call(NONCE_BITMAP, Abi.word(owner), Abi.word(nonce.shiftRight(Byte.SIZE))));
  }

  /**
   * Whether {@code nonce} is among those its owner made useless.
   *
   * @param data of a log {@link #NONCES_INVALIDATED}
   */
  public static boolean isInvalidated(BigInteger nonce, Bytes data) {
    var words = data.toBytes();
    return data.size() == 64
        && Abi.wordAt(words, 0).equals(Abi.word(nonce.shiftRight(Byte.SIZE)))
        && isUsed(nonce, Abi.wordAt(words, 1));
  }

  /** Whether the answer to {@link #nonceBitmap} says that {@code nonce} is used. */
  public static boolean isUsed(BigInteger nonce, Bytes32 bitmap) {
    return bitmap.toUnsigned().testBit(nonce.intValue() & 0xff);
  }
}
