package io.stoa.market.facilitator;

import io.quarkus.runtime.StartupEvent;
import io.stoa.chain.keys.FacilitatorKeys;
import io.stoa.chain.keys.KeySource;
import io.stoa.chain.keys.KeyUnusable;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.ChainId;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.market.node.StartFailure;
import io.stoa.payments.ChainPorts;
import io.stoa.payments.facilitator.Kinds;
import io.stoa.payments.facilitator.PaymentVerifier;
import io.stoa.persistence.mirror.Payees;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What the facilitator is made of. */
final class FacilitatorParts {
  private FacilitatorParts() {}

  /** A facilitator that cannot work says so at once. */
  static void start(
      @Observes StartupEvent start,
      FacilitatorConfig config,
      Instance<FacilitatorKeys> keys,
      Instance<Admission> admission) {
    if (config.enabled()) {
      keys.get();
      admission.get();
    }
  }

  @Produces
  @Singleton
  static FacilitatorKeys keys(KeySource source) {
    try {
      return FacilitatorKeys.open(source);
    } catch (KeyUnusable unusable) {
      throw new StartFailure(
          "The facilitator's keys cannot be used: " + unusable.getMessage() + ".", unusable);
    }
  }

  @Produces
  @Singleton
  static Admission admission(FacilitatorConfig config, Pool pool, ChainId chain) {
    return Admission.of(config, new ServedPayees(new Payees(pool, chain)));
  }

  @Produces
  @Singleton
  static PaymentVerifier verifier(
      ChainId chain, Rpc rpc, AcceptedAssets accepted, FacilitatorKeys keys, Clock clock) {
    return new PaymentVerifier(
        chain, rpc, ChainPorts.of(rpc), accepted.assets(), keys.sender().address(), clock);
  }

  @Produces
  @Singleton
  static Kinds kinds(ChainId chain, Rpc rpc, FacilitatorKeys keys) {
    return new Kinds(chain, rpc, keys.sender().address(), keys.authorizer().address());
  }

  @Produces
  @Singleton
  static TimeLimit timeLimit(FacilitatorConfig config) {
    return new TimeLimit(config.timeLimit());
  }
}
