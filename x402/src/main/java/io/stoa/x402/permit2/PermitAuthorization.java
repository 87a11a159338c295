package io.stoa.x402.permit2;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import java.math.BigInteger;

/**
 * What a payer signs to move money once by Permit2 and the proxy that keeps to {@code witness}.
 *
 * @param amount exactly what is moved, or the most that may be for {@link Witness.Upto}
 * @param nonce any uint256 the payer has not used with Permit2 on this chain
 * @param deadline Unix seconds; a block's time must not be greater
 */
public record PermitAuthorization(
    TokenAmount amount, BigInteger nonce, BigInteger deadline, Witness witness) {
  private static final String TOKEN_PERMISSIONS = "TokenPermissions(address token,uint256 amount)";
  private static final String EXACT_WITNESS = "Witness(address to,uint256 validAfter)";
  private static final String UPTO_WITNESS =
      "Witness(address to,address facilitator,uint256 validAfter)";

  private static final Bytes32 TOKEN_PERMISSIONS_TYPE = Keccak.hash(TOKEN_PERMISSIONS);
  private static final Bytes32 EXACT_WITNESS_TYPE = Keccak.hash(EXACT_WITNESS);
  private static final Bytes32 UPTO_WITNESS_TYPE = Keccak.hash(UPTO_WITNESS);
  private static final Bytes32 EXACT_TYPE = type(EXACT_WITNESS);
  private static final Bytes32 UPTO_TYPE = type(UPTO_WITNESS);

  public SignedPermit signedBy(SigningKey payer, Permit2Domain domain) {
    var unsigned = permit(payer.address(), Bytes.EMPTY);
    return permit(payer.address(), Bytes.wrap(payer.sign(digest(unsigned, domain)).toBytes()));
  }

  private SignedPermit permit(Address payer, Bytes signature) {
    var spender = Permit2.proxy(witness);
    return new SignedPermit(amount, payer, spender, nonce, deadline, witness, signature);
  }

  /** What the payer signed; the signature in {@code permit} does not enter. */
  public static Bytes32 digest(SignedPermit permit, Permit2Domain domain) {
    var type =
        switch (permit.witness()) {
          case Witness.Exact _ -> EXACT_TYPE;
          case Witness.Upto _ -> UPTO_TYPE;
        };
    var permitted =
        Eip712.hashStruct(
            TOKEN_PERMISSIONS_TYPE,
            Abi.word(permit.amount().asset().token()),
            Abi.word(permit.amount().units()));
    return Eip712.digest(
        domain.separator(),
        Eip712.hashStruct(
            type,
            permitted,
            Abi.word(permit.spender()),
            Abi.word(permit.nonce()),
            Abi.word(permit.deadline()),
            hash(permit.witness())));
  }

  private static Bytes32 hash(Witness witness) {
    return switch (witness) {
      case Witness.Exact(var to, var validAfter) ->
          Eip712.hashStruct(EXACT_WITNESS_TYPE, Abi.word(to), Abi.word(validAfter));
      case Witness.Upto(var to, var facilitator, var validAfter) ->
          Eip712.hashStruct(
              UPTO_WITNESS_TYPE, Abi.word(to), Abi.word(facilitator), Abi.word(validAfter));
    };
  }

  private static Bytes32 type(String witness) {
    return Keccak.hash(
        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,"
            + "uint256 deadline,Witness witness)"
            + TOKEN_PERMISSIONS
            + witness);
  }
}
