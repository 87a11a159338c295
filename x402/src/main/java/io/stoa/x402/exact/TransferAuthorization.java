package io.stoa.x402.exact;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.domain.payment.SignedTransfer.SignatureBytes;
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

  public SignedTransfer signedBy(SigningKey payer, TokenDomain domain) {
    var signature = payer.sign(digest(words(payer.address()), domain));
    return new SignedTransfer(
        amount,
        payer.address(),
        payTo,
        validAfter,
        validBefore,
        nonce,
        new SignatureBytes(signature.toBytes()));
  }

  /** What the payer signed; the signature in {@code transfer} does not enter. */
  public static Bytes32 digest(SignedTransfer transfer, TokenDomain domain) {
    return digest(words(transfer), domain);
  }

  /** The call to the token that carries it out, by whomever. */
  public static byte[] submission(SignedTransfer transfer) {
    var signature = transfer.signature().toBytes();
    var words = Arrays.copyOf(words(transfer), 9);
    words[6] = Abi.word(signature[64]);
    words[7] = Bytes32.of(Arrays.copyOfRange(signature, 0, 32));
    words[8] = Bytes32.of(Arrays.copyOfRange(signature, 32, 64));
    return Abi.call(SUBMIT, words);
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
