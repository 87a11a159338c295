package io.stoa.x402.batch;

import io.stoa.domain.ChainId;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.batch.SoundBatch.Undecided;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Verifies payloads of the scheme on one chain, as far as that goes without asking it. Whether the
 * ceiling fits the channel's standing is for {@link CeilingRule}.
 */
public final class BatchVerifier {
  private final ChannelDigests channels;
  private final DepositVerifier deposits;

  public BatchVerifier(ChainId chain) {
    this.channels = ChannelDigests.of(chain);
    this.deposits = new DepositVerifier(Permit2Domain.of(chain));
  }

  /**
   * Names the first rule that does not hold.
   *
   * @param offered the option the server found for this payload
   * @param domain of the token that {@code offered} names
   * @param room how long the authorization of a deposit must still be good; never less than {@link
   *     ExactEip3009#INCLUSION}
   */
  public Verification<SoundBatch> verify(
      BatchPayload payload,
      PaymentRequirements offered,
      TokenDomain domain,
      Instant now,
      Duration room) {
    if (!offered.scheme().equals(ChannelTerms.SCHEME)) {
      return new Invalid<>(BatchReason.SCHEME);
    }
    ChannelTerms terms;
    try {
      terms = ChannelTerms.read(offered);
    } catch (MalformedPayment ownFault) {
      return new Invalid<>(ownFault.reason());
    }
    var broken = objection(payload, offered, terms);
    if (broken.isPresent()) {
      return new Invalid<>(broken.get());
    }
    var undecided = new ArrayList<Undecided>();
    var signature = signature(payload);
    if (payload.config().isSignedByContract()) {
      undecided.add(new Undecided(signature, BatchReason.VOUCHER_SIGNATURE));
    } else if (signature.origin() != Origin.PAYER) {
      return new Invalid<>(BatchReason.VOUCHER_SIGNATURE);
    }
    if (payload instanceof BatchPayload.Deposit deposit) {
      var brokenByDeposit = deposits.objection(deposit, offered, terms, domain, now, room);
      if (brokenByDeposit.isPresent()) {
        return new Invalid<>(brokenByDeposit.get());
      }
      undecided.add(deposits.signature(deposit, domain));
    }
    return new Valid<>(new SoundBatch(payload, undecided));
  }

  /** Why the channel is none of these terms, or not the one that the voucher names. */
  private Optional<String> objection(
      BatchPayload payload, PaymentRequirements offered, ChannelTerms terms) {
    var config = payload.config();
    if (!config.asset().chain().equals(offered.network())
        || !channels.chain().equals(offered.network())) {
      return Optional.of(BatchReason.NETWORK_MISMATCH);
    }
    if (!channels.channelId(config).equals(payload.voucher().channel())) {
      return Optional.of(BatchReason.CHANNEL_ID_MISMATCH);
    }
    return terms.objection(config, offered);
  }

  /** The voucher's, of the key that the channel names or of the payer's contract. */
  private PayerSignature signature(BatchPayload payload) {
    var config = payload.config();
    var voucher = payload.voucher();
    return PayerSignature.of(
        config.isSignedByContract() ? config.payer() : config.payerAuthorizer(),
        channels.voucher(voucher.channel(), voucher.ceiling()),
        voucher.signature());
  }
}
