package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The columns of {@code till.payment} that hold what one kind of authorization has and another has
 * not.
 */
record AuthorizationColumns(
    String method,
    Bytes32 nonce,
    BigInteger validAfter,
    Optional<Address> spender,
    Optional<Address> facilitator) {
  private static final String EIP3009 = "EIP3009";
  private static final String PERMIT2_EXACT = "PERMIT2_EXACT";
  private static final String PERMIT2_UPTO = "PERMIT2_UPTO";

  static AuthorizationColumns of(SignedPayment signed) {
    return switch (signed) {
      case SignedTransfer transfer ->
          new AuthorizationColumns(
              EIP3009, transfer.nonce(), transfer.validAfter(), Optional.empty(), Optional.empty());
      case SignedPermit permit -> {
        var nonce = Bytes32.of(permit.nonce());
        var spender = Optional.of(permit.spender());
        yield switch (permit.witness()) {
          case Witness.Exact(_, var validAfter) ->
              new AuthorizationColumns(PERMIT2_EXACT, nonce, validAfter, spender, Optional.empty());
          case Witness.Upto(_, var facilitator, var validAfter) ->
              new AuthorizationColumns(
                  PERMIT2_UPTO, nonce, validAfter, spender, Optional.of(facilitator));
        };
      }
    };
  }

  /** With what every kind has. */
  SignedPayment with(
      TokenAmount amount, Address payer, Address payTo, BigInteger expiry, Bytes signature) {
    return switch (method) {
      case EIP3009 ->
          new SignedTransfer(amount, payer, payTo, validAfter, expiry, nonce, signature);
      case PERMIT2_EXACT ->
          permit(amount, payer, expiry, new Witness.Exact(payTo, validAfter), signature);
      case PERMIT2_UPTO ->
          permit(
              amount,
              payer,
              expiry,
              new Witness.Upto(payTo, facilitator.orElseThrow(), validAfter),
              signature);
      default -> throw new IllegalStateException("not a method: " + method);
    };
  }

  private SignedPermit permit(
      TokenAmount amount, Address payer, BigInteger deadline, Witness witness, Bytes signature) {
    return new SignedPermit(
        amount, payer, spender.orElseThrow(), nonce.toUnsigned(), deadline, witness, signature);
  }
}
