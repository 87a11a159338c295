package io.stoa.payments.facilitator;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.payments.ChainPorts;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.facilitator.VerifyResponse.Invalid;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Says for any server whether a payment is good. Changes nothing, remembers nothing. Blocks: call
 * from a virtual thread.
 */
public final class PaymentVerifier {
  private final ChainId chain;
  private final TokenDomains domains;
  private final SchemeCheck transfers;
  private final SchemeCheck permits;
  private final SchemeCheck channels;

  /**
   * @param accepted the tokens whose payments are looked at
   * @param sender the account that settles here
   */
  public PaymentVerifier(
      ChainId chain, Rpc rpc, ChainPorts ports, Set<Asset> accepted, Address sender, Clock clock) {
    var tokens = new TokenReads(rpc);
    var signers = new Signers(ports.signatures(), Set.of());
    var trial = new Trial(rpc, sender);
    this.chain = chain;
    this.domains = new TokenDomains(tokens, accepted);
    this.transfers = new TransferCheck(ports.transfers(), signers, trial, clock);
    this.permits =
        new PermitCheck(ports.permits(), signers, trial, Permit2Domain.of(chain), sender, clock);
    this.channels =
        new ChannelCheck(
            new ChannelReads(rpc, ChannelContracts.CHANNELS),
            tokens,
            new BatchVerifier(chain),
            signers,
            trial,
            clock);
  }

  /**
   * Fails with {@link io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  public VerifyResponse verify(FacilitatorRequest request) {
    try {
      var asked = request.requirements();
      var chosen = request.payment().accepted();
      var check = check(request.payment(), asked);
      if (check.isEmpty()) {
        return Invalid.because("unsupported_scheme");
      }
      if (!chosen.scheme().equals(asked.scheme())) {
        return Invalid.because(prefix(asked) + "scheme");
      }
      if (!chosen.network().equals(asked.network())) {
        return Invalid.because(prefix(asked) + "network_mismatch");
      }
      if (!asked.network().equals(chain)) {
        return Invalid.because("invalid_network");
      }
      var domain = domains.find(new Asset(chain, asked.asset()));
      if (domain.isEmpty()) {
        return Invalid.because("unsupported_asset");
      }
      var misnamed = misnamed(asked, domain.get());
      return misnamed.isPresent()
          ? Invalid.because(misnamed.get())
          : check.get().check(request.payment().accepting(asked), domain.get());
    } catch (MalformedPayment malformed) {
      return Invalid.of(malformed);
    }
  }

  private Optional<SchemeCheck> check(PaymentPayload payment, PaymentRequirements asked) {
    return switch (asked.scheme()) {
      case ExactEip3009.SCHEME -> Optional.of(Permit2Payments.isOne(payment) ? permits : transfers);
      case Permit2Payments.UPTO -> Optional.of(permits);
      case ChannelTerms.SCHEME -> Optional.of(channels);
      default -> Optional.empty();
    };
  }

  /** A server that names the token otherwise than it names itself has asked for what cannot be. */
  private static Optional<String> misnamed(PaymentRequirements asked, TokenDomain domain) {
    var name = asked.extra().path("name");
    if (name.isTextual() && !name.textValue().equals(domain.name())) {
      return Optional.of(prefix(asked) + "token_name_mismatch");
    }
    var version = asked.extra().path("version");
    if (version.isTextual() && !version.textValue().equals(domain.version())) {
      return Optional.of(prefix(asked) + "token_version_mismatch");
    }
    return Optional.empty();
  }

  private static String prefix(PaymentRequirements asked) {
    return "invalid_" + asked.scheme().replace('-', '_') + "_evm_";
  }
}
