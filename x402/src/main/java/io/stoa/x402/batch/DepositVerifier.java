package io.stoa.x402.batch;

import io.stoa.domain.Asset;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.SoundBatch.Undecided;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.signature.PayerSignature;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Verifies what a payer signed for a deposit, up to the signature, which the chain decides on. */
final class DepositVerifier {
  private final Permit2Domain permit2;

  DepositVerifier(Permit2Domain permit2) {
    this.permit2 = permit2;
  }

  /** The first rule that does not hold. */
  Optional<String> objection(
      BatchPayload.Deposit deposit,
      PaymentRequirements offered,
      ChannelTerms terms,
      TokenDomain domain,
      Instant now,
      Duration room) {
    if (terms.minDeposit().filter(least -> deposit.amount().compareTo(least) < 0).isPresent()) {
      return Optional.of(BatchReason.DEPOSIT_BELOW_MIN_DEPOSIT);
    }
    var second = BigInteger.valueOf(now.getEpochSecond());
    long rest = Math.max(room.toSeconds(), ExactEip3009.INCLUSION.toSeconds());
    var deadline = second.add(BigInteger.valueOf(rest));
    return switch (deposit.authorization()) {
      case DepositAuthorization.Erc3009 erc3009 ->
          objection(erc3009, offered, domain, second, deadline);
      case DepositAuthorization.Permit2 permit -> objection(permit, deposit, offered, deadline);
    };
  }

  private static Optional<String> objection(
      DepositAuthorization.Erc3009 authorization,
      PaymentRequirements offered,
      TokenDomain domain,
      BigInteger now,
      BigInteger deadline) {
    if (!offered.assetTransferMethod().equals(PaymentRequirements.EIP_3009)) {
      return Optional.of(BatchReason.PERMIT2_AUTHORIZATION_REQUIRED);
    }
    if (!offered.extra().path("name").isTextual() || !offered.extra().path("version").isTextual()) {
      return Optional.of(BatchReason.MISSING_EIP712_DOMAIN);
    }
    if (!domain.asset().equals(new Asset(offered.network(), offered.asset()))) {
      return Optional.of(BatchReason.RECEIVE_AUTHORIZATION_SIGNATURE);
    }
    if (authorization.validBefore().compareTo(deadline) < 0) {
      return Optional.of(BatchReason.VALID_BEFORE);
    }
    if (authorization.validAfter().compareTo(now) > 0) {
      return Optional.of(BatchReason.VALID_AFTER);
    }
    return Optional.empty();
  }

  private static Optional<String> objection(
      DepositAuthorization.Permit2 permit,
      BatchPayload.Deposit deposit,
      PaymentRequirements offered,
      BigInteger deadline) {
    if (!offered.assetTransferMethod().equals(PaymentRequirements.PERMIT2)) {
      return Optional.of(BatchReason.ERC3009_AUTHORIZATION_REQUIRED);
    }
    if (!permit.from().equals(deposit.config().payer())) {
      return Optional.of(BatchReason.PERMIT2_INVALID_SIGNATURE);
    }
    if (!permit.spender().equals(ChannelContracts.PERMIT2_COLLECTOR)) {
      return Optional.of(BatchReason.PERMIT2_INVALID_SPENDER);
    }
    if (!permit.token().equals(offered.asset())) {
      return Optional.of(BatchReason.TOKEN_MISMATCH);
    }
    if (!permit.amount().equals(deposit.amount())) {
      return Optional.of(BatchReason.PERMIT2_AMOUNT_MISMATCH);
    }
    if (!permit.channel().equals(deposit.voucher().channel())) {
      return Optional.of(BatchReason.CHANNEL_ID_MISMATCH);
    }
    if (permit.deadline().compareTo(deadline) < 0) {
      return Optional.of(BatchReason.PERMIT2_DEADLINE_EXPIRED);
    }
    return Optional.empty();
  }

  /** What the payer signed, of a deposit to which there is no other objection. */
  Undecided signature(BatchPayload.Deposit deposit, TokenDomain domain) {
    var payer = deposit.config().payer();
    var channel = deposit.voucher().channel();
    return switch (deposit.authorization()) {
      case DepositAuthorization.Erc3009(var validAfter, var validBefore, var salt, var signature) ->
          new Undecided(
              PayerSignature.of(
                  payer,
                  DepositDigests.receive(
                      payer,
                      deposit.amount(),
                      validAfter,
                      validBefore,
                      DepositDigests.nonce(channel, salt),
                      domain),
                  signature),
              BatchReason.RECEIVE_AUTHORIZATION_SIGNATURE);
      case DepositAuthorization.Permit2 permit ->
          new Undecided(
              PayerSignature.of(
                  payer,
                  DepositDigests.permit(
                      permit.token(),
                      permit.amount(),
                      permit.nonce(),
                      permit.deadline(),
                      channel,
                      permit2),
                  permit.signature()),
              BatchReason.PERMIT2_INVALID_SIGNATURE);
    };
  }
}
