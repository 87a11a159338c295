package io.stoa.x402.exact;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Signature;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.signature.Erc6492;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * What a payer signs to move money once (EIP-3009).
 *
 * @param validAfter Unix seconds; a block's time must be greater
 * @param validBefore Unix seconds; a block's time must be less
 * @param nonce 32 bytes the payer has not used with this token; unrelated to any account counter
 */
public record TransferAuthorization(
    TokenAmount amount,
    Address payTo,
    BigInteger validAfter,
    BigInteger validBefore,
    Bytes32 nonce) {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "TransferWithAuthorization(address from,address to,uint256 value,"
              + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");
  private static final byte[] SUBMIT =
      Abi.selector(
          "transferWithAuthorization("
              + "address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)");
  private static final byte[] SUBMIT_BYTES =
      Abi.selector(
          "transferWithAuthorization(" + "address,address,uint256,uint256,uint256,bytes32,bytes)");

  public SignedTransfer signedBy(SigningKey payer, TokenDomain domain) {
    var signature = payer.sign(digest(words(payer.address()), domain));
    return new SignedTransfer(
        amount,
        payer.address(),
        payTo,
        validAfter,
        validBefore,
        nonce,
        Bytes.wrap(signature.toBytes()));
  }

  /** What the payer signed; the signature in {@code transfer} does not enter. */
  public static Bytes32 digest(SignedTransfer transfer, TokenDomain domain) {
    return digest(words(transfer), domain);
  }

  /**
   * The call to the token that carries it out, by whomever: for a signature as long as a key's, the
   * overload that every such token has. Of a payer with code, {@link #submissionByContract} is
   * understood by more tokens.
   */
  public static byte[] submission(SignedTransfer transfer) {
    var signature = Erc6492.unwrapped(transfer.signature()).toBytes();
    if (signature.length != Signature.LENGTH) {
      return submissionByContract(transfer);
    }
    var words = Arrays.copyOf(words(transfer), 9);
    words[6] = Abi.word(signature[64]);
    words[7] = Bytes32.of(Arrays.copyOfRange(signature, 0, 32));
    words[8] = Bytes32.of(Arrays.copyOfRange(signature, 32, 64));
    return Abi.call(SUBMIT, words);
  }

  /**
   * The call for a payer with code, to the overload that takes a signature of any length and lets
   * the payer's contract judge it.
   */
  public static byte[] submissionByContract(SignedTransfer transfer) {
    var understood = Erc6492.unwrapped(transfer.signature());
    return Abi.callWithBytes(SUBMIT_BYTES, understood.toBytes(), words(transfer));
  }

  private static Bytes32 digest(Bytes32[] words, TokenDomain domain) {
    return Eip712.digest(domain.separator(), Eip712.hashStruct(TYPE, words));
  }

  private static Bytes32[] words(SignedTransfer transfer) {
    return new TransferAuthorization(
            transfer.amount(),
            transfer.payTo(),
            transfer.validAfter(),
            transfer.validBefore(),
            transfer.nonce())
        .words(transfer.payer());
  }

  private Bytes32[] words(Address payer) {
    return new Bytes32[] {
      Abi.word(payer),
      Abi.word(payTo),
      Abi.word(amount.units()),
      Abi.word(validAfter),
      Abi.word(validBefore),
      nonce
    };
  }
}
