package io.stoa.payments.facilitator;

import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.permit2.Permit2Payments;
import java.util.Optional;
import java.util.Set;

/** Decides whether a request is about something that this facilitator deals with. */
record Door(ChainId chain, TokenDomains domains) {
  private static final Set<String> SCHEMES =
      Set.of(ExactEip3009.SCHEME, Permit2Payments.UPTO, ChannelTerms.SCHEME);

  /** What it decides. */
  sealed interface Result {
    /**
     * @param domain of the token that is asked for
     */
    record Open(TokenDomain domain) implements Result {}

    /**
     * @param reason the protocol's code
     */
    record Closed(String reason) implements Result {}
  }

  /** May have to ask the token for its name. */
  Result of(FacilitatorRequest request) {
    var asked = request.requirements();
    var chosen = request.payment().accepted();
    if (!SCHEMES.contains(asked.scheme())) {
      return new Result.Closed("unsupported_scheme");
    }
    if (!chosen.scheme().equals(asked.scheme())) {
      return new Result.Closed(prefix(asked) + "scheme");
    }
    if (!chosen.network().equals(asked.network())) {
      return new Result.Closed(prefix(asked) + "network_mismatch");
    }
    if (!asked.network().equals(chain)) {
      return new Result.Closed("invalid_network");
    }
    return domains
        .find(new Asset(chain, asked.asset()))
        .<Result>map(
            domain ->
                misnamed(asked, domain)
                    .<Result>map(Result.Closed::new)
                    .orElseGet(() -> new Result.Open(domain)))
        .orElseGet(() -> new Result.Closed("unsupported_asset"));
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
