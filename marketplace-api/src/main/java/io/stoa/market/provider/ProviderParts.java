package io.stoa.market.provider;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What those share who call providers. */
final class ProviderParts {
  private ProviderParts() {}

  @Produces
  @Singleton
  static EndpointGuard guard(ProviderConfig config) {
    return new EndpointGuard(config.allowPrivateEndpoints());
  }
}
