package io.stoa.market.inference;

import io.stoa.chain.keys.KeyRing;
import io.stoa.market.node.NodeDid;
import io.stoa.market.node.StartFailure;
import io.stoa.market.provider.EndpointGuard;
import io.stoa.payments.Payments;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;

/** What paid calls are made of. */
final class InferenceParts {
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(30);

  private InferenceParts() {}

  @Produces
  @Singleton
  static Shelf shelf() {
    return new Shelf();
  }

  @Produces
  @Singleton
  static Meter meter(InferenceConfig config) {
    return new Meter(config.providerTimeout(), config.maxAnswerBody().asLongValue());
  }

  @Produces
  @Singleton
  static PaidCalls calls(
      Payments payments,
      EndpointGuard guard,
      Vertx vertx,
      KeyRing keys,
      NodeDid did,
      Replies replies,
      InferenceConfig config,
      Clock clock) {
    var timeout = config.providerTimeout();
    if (config.maxTimeout().compareTo(timeout.plus(LEAST_MARGIN)) < 0) {
      throw new StartFailure(
          "stoa.inference.max-timeout must exceed stoa.inference.provider-timeout by 30 s.");
    }
    return new PaidCalls(
        payments.cashier(),
        guard,
        new ProviderClient(vertx, timeout, Math.toIntExact(config.maxAnswerBody().asLongValue())),
        new RequestSigner(keys.origin(), did.key("origin"), clock),
        replies,
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("paid-call-", 0).factory()),
        timeout,
        clock);
  }
}
