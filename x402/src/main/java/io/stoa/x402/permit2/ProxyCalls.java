package io.stoa.x402.permit2;

import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.signature.Erc6492;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The calls that settle a permit, to its {@link SignedPermit#spender}. Anyone may send those of
 * {@code exact}; those of {@code upto} succeed only from the facilitator the payer signed for.
 */
public final class ProxyCalls {
  private static final String PERMIT = "((address,uint256),uint256,uint256)";
  private static final String EXACT = PERMIT + ",address,(address,uint256),bytes)";
  private static final String UPTO = PERMIT + ",uint256,address,(address,address,uint256),bytes)";
  private static final String APPROVAL = "(uint256,uint256,bytes32,bytes32,uint8),";

  private static final byte[] SETTLE_EXACT = Abi.selector("settle(" + EXACT);
  private static final byte[] SETTLE_UPTO = Abi.selector("settle(" + UPTO);
  private static final byte[] SETTLE_EXACT_WITH_PERMIT =
      Abi.selector("settleWithPermit(" + APPROVAL + EXACT);
  private static final byte[] SETTLE_UPTO_WITH_PERMIT =
      Abi.selector("settleWithPermit(" + APPROVAL + UPTO);

  /** How many words an approval takes in a call. */
  static final int APPROVAL_WORDS = 5;

  private ProxyCalls() {}

  /**
   * Moves {@code charged} to the payee.
   *
   * @param charged in the token's smallest unit: all of the permit's amount for {@code exact}, more
   *     than nothing and no more than that for {@code upto}
   */
  public static Bytes settle(SignedPermit permit, BigInteger charged) {
    return call(selector(permit), permit, words(permit, charged));
  }

  /** As {@link #settle}, after trying the payer's approval of Permit2. */
  public static Bytes settleWithPermit(SignedPermit permit, BigInteger charged, Approval approval) {
    var words =
        Stream.concat(Stream.of(words(permit, approval)), Stream.of(words(permit, charged)))
            .toArray(Bytes32[]::new);
    return call(selectorWithPermit(permit), permit, words);
  }

  private static Bytes call(byte[] selector, SignedPermit permit, Bytes32[] words) {
    var understood = Erc6492.unwrapped(permit.signature());
    return Bytes.wrap(Abi.callWithBytes(selector, understood.toBytes(), words));
  }

  static byte[] selector(SignedPermit permit) {
    return switch (permit.witness()) {
      case Witness.Exact _ -> SETTLE_EXACT;
      case Witness.Upto _ -> SETTLE_UPTO;
    };
  }

  static byte[] selectorWithPermit(SignedPermit permit) {
    return switch (permit.witness()) {
      case Witness.Exact _ -> SETTLE_EXACT_WITH_PERMIT;
      case Witness.Upto _ -> SETTLE_UPTO_WITH_PERMIT;
    };
  }

  /** The arguments up to the signature. */
  static Bytes32[] words(SignedPermit permit, BigInteger charged) {
    var amount = permit.amount();
    return switch (permit.witness()) {
      case Witness.Exact(var to, var validAfter) -> {
        if (!charged.equals(amount.units())) {
          throw new IllegalArgumentException("not what was signed: " + charged);
        }
        yield new Bytes32[] {
          Abi.word(amount.asset().token()),
          Abi.word(amount.units()),
          Abi.word(permit.nonce()),
          Abi.word(permit.deadline()),
          Abi.word(permit.payer()),
          Abi.word(to),
          Abi.word(validAfter)
        };
      }
      case Witness.Upto(var to, var facilitator, var validAfter) -> {
        if (charged.signum() <= 0 || charged.compareTo(amount.units()) > 0) {
          throw new IllegalArgumentException("not above zero and within the ceiling: " + charged);
        }
        yield new Bytes32[] {
          Abi.word(amount.asset().token()),
          Abi.word(amount.units()),
          Abi.word(permit.nonce()),
          Abi.word(permit.deadline()),
          Abi.word(charged),
          Abi.word(permit.payer()),
          Abi.word(to),
          Abi.word(facilitator),
          Abi.word(validAfter)
        };
      }
    };
  }

  private static Bytes32[] words(SignedPermit permit, Approval approval) {
    var signature = approval.signature().toBytes();
    return new Bytes32[] {
      Abi.word(permit.amount().units()),
      Abi.word(approval.deadline()),
      Bytes32.of(Arrays.copyOfRange(signature, 0, 32)),
      Bytes32.of(Arrays.copyOfRange(signature, 32, 64)),
      Abi.word(signature[64])
    };
  }
}
