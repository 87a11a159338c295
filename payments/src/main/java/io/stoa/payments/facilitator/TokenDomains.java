package io.stoa.payments.facilitator;

import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Asset;
import io.stoa.payments.ChainOutage;
import io.stoa.x402.exact.TokenDomain;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What payers of each accepted token sign, as the token itself says it: read once. Blocks when it
 * has to ask.
 */
final class TokenDomains {
  private final TokenReads tokens;
  private final Set<Asset> accepted;
  private final Map<Asset, TokenDomain> known = new ConcurrentHashMap<>();

  TokenDomains(TokenReads tokens, Set<Asset> accepted) {
    this.tokens = tokens;
    this.accepted = Set.copyOf(accepted);
  }

  /**
   * Empty for a token that is not accepted here: nobody can make the node ask strange contracts.
   */
  Optional<TokenDomain> find(Asset asset) {
    if (!accepted.contains(asset)) {
      return Optional.empty();
    }
    var domain = known.get(asset);
    return Optional.of(domain == null ? read(asset) : domain);
  }

  private TokenDomain read(Asset asset) {
    var domain =
        ChainOutage.unavailable(
            () -> TokenDomain.of(asset, tokens.name(asset.token()), tokens.version(asset.token())));
    known.put(asset, domain);
    return domain;
  }
}
