package io.stoa.payments.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.payments.ChainOutage;
import io.stoa.payments.DepositRelay;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.CeilingRule;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelNumbers;
import io.stoa.x402.batch.DepositApproval;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.facilitator.VerifyResponse.Invalid;
import io.stoa.x402.facilitator.VerifyResponse.Valid;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.signature.PayerSignature.Origin;
import io.stoa.x402.signature.Signers;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Payments of scheme {@code batch-settlement}, against the channel as the chain shows it. What its
 * server charged so far only the server knows.
 */
record ChannelCheck(
    ChannelReads channels,
    TokenReads tokens,
    BatchVerifier verifier,
    Signers signers,
    Trial trial,
    Clock clock) {
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(61);

  /**
   * @param asked what the server wants
   * @param domain of the token that it names
   */
  VerifyResponse check(
      BatchPayload payload,
      Optional<Eip2612Approval> approval,
      PaymentRequirements asked,
      TokenDomain domain) {
    if (payload instanceof BatchPayload.Deposit deposit && livesTooLong(deposit)) {
      return new Invalid(BatchReason.VALID_BEFORE, payload.config().payer());
    }
    return switch (verifier.verify(
        payload, asked, domain, clock.instant(), ExactEip3009.INCLUSION)) {
      case Verification.Invalid<SoundBatch>(var reason) ->
          new Invalid(reason, payload.config().payer());
      case Verification.Valid<SoundBatch>(var sound) -> check(sound, approval);
    };
  }

  /** What nothing comes of is looked after until it expires. */
  private boolean livesTooLong(BatchPayload.Deposit deposit) {
    var latest = clock.instant().plus(LONGEST_LIFE).getEpochSecond();
    return deposit.authorization().expiry().compareTo(BigInteger.valueOf(latest)) > 0;
  }

  private VerifyResponse check(SoundBatch sound, Optional<Eip2612Approval> approval) {
    var payload = sound.payload();
    var payer = payload.config().payer();
    var channel = payload.voucher().channel();
    return ChainOutage.unavailable(
        () -> {
          var seen = channels.read(List.of(channel)).getFirst();
          return objection(payload, seen)
              .or(() -> objection(sound, approval, seen))
              .<VerifyResponse>map(reason -> new Invalid(reason, payer))
              .orElseGet(() -> new Valid(Optional.of(payer), ChannelSnapshot.json(channel, seen)));
        });
  }

  /** Why the voucher is not good for a channel that stands so. */
  private static Optional<String> objection(BatchPayload payload, ChannelOnChain seen) {
    var ceiling = payload.voucher().ceiling();
    var numbers =
        new ChannelNumbers(ceiling, BigInteger.ZERO, ceiling, seen.balance(), seen.claimed());
    return switch (payload) {
      case BatchPayload.Deposit deposit ->
          CeilingRule.LITERAL.objection(
              ceiling, BigInteger.ZERO, numbers.withDeposit(deposit.amount()));
      case BatchPayload.Pay _, BatchPayload.Refund _ when seen.balance().signum() == 0 ->
          Optional.of(BatchReason.CHANNEL_NOT_FOUND);
      case BatchPayload.Pay _ -> CeilingRule.LITERAL.objection(ceiling, BigInteger.ZERO, numbers);
      case BatchPayload.Refund _ -> CeilingRule.refundObjection(ceiling, numbers);
    };
  }

  /** What only the chain's own judgement shows. */
  private Optional<String> objection(
      SoundBatch sound, Optional<Eip2612Approval> approval, ChannelOnChain seen) {
    for (var undecided : sound.undecided()) {
      if (undecided.reason().equals(BatchReason.VOUCHER_SIGNATURE)) {
        var objection =
            signers.objection(undecided.signature(), true, seen.at(), undecided.reason());
        if (objection.isPresent()) {
          return objection;
        }
      }
    }
    return sound.payload() instanceof BatchPayload.Deposit deposit
        ? objection(sound, deposit, approval, seen)
        : Optional.empty();
  }

  private Optional<String> objection(
      SoundBatch sound,
      BatchPayload.Deposit deposit,
      Optional<Eip2612Approval> approval,
      ChannelOnChain seen) {
    var config = deposit.config();
    var broken =
        approval.flatMap(given -> DepositApproval.objection(given, deposit, clock.instant()));
    if (broken.isPresent()) {
      return broken;
    }
    var balance =
        tokens.balanceOf(config.asset().token(), config.payer(), BlockId.of(seen.at().hash()));
    if (balance.compareTo(deposit.amount()) < 0) {
      return Optional.of(BatchReason.INSUFFICIENT_BALANCE);
    }
    return trial.succeeds(
            ChannelContracts.CHANNELS, DepositRelay.call(deposit, approval), seen.at())
        ? Optional.empty()
        : Optional.of(failure(sound));
  }

  /** The signature is named where no key of the payer made it. */
  private static String failure(SoundBatch sound) {
    return sound.undecided().stream()
        .filter(undecided -> undecided.signature().origin() != Origin.PAYER)
        .map(SoundBatch.Undecided::reason)
        .filter(reason -> !reason.equals(BatchReason.VOUCHER_SIGNATURE))
        .findFirst()
        .orElse(BatchReason.DEPOSIT_SIMULATION_FAILED);
  }

  /** Where {@code channel} stands now. */
  ObjectNode snapshot(ChannelId channel) {
    return ChannelSnapshot.json(
        channel, ChainOutage.unavailable(() -> channels.read(List.of(channel)).getFirst()));
  }
}
