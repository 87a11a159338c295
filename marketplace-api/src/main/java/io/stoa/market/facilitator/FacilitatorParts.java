package io.stoa.market.facilitator;

import io.quarkus.runtime.StartupEvent;
import io.stoa.chain.keys.FacilitatorKeys;
import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.keys.KeySource;
import io.stoa.chain.keys.KeyUnusable;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.ChainId;
import io.stoa.market.billing.Errands;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.market.node.ChainConfig;
import io.stoa.market.node.StartFailure;
import io.stoa.payments.DepositRelay;
import io.stoa.payments.Payments;
import io.stoa.payments.facilitator.Facilitator;
import io.stoa.persistence.mirror.Payees;
import io.stoa.persistence.till.ChannelBooks;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

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

  /** With the facilitator's own key. */
  @Produces
  @Singleton
  static Errands errands(
      FacilitatorConfig config,
      Rpc rpc,
      ChainId chain,
      Instance<FacilitatorKeys> keys,
      SendLog sends,
      ReceiptWatch watch) {
    return new Errands(
        config.enabled()
            ? Optional.of(
                new TransactionSender(
                    rpc, chain, keys.get().sender(), sends, SendPolicy.standard(), watch))
            : Optional.empty());
  }

  @Produces
  @Singleton
  static Facilitator facilitator(
      Payments payments,
      ChannelBooks books,
      Rpc rpc,
      ChainId id,
      Finality finality,
      Errands errands,
      SendLog sends,
      FacilitatorKeys keys,
      KeyRing gateway,
      AcceptedAssets accepted,
      ChainConfig chain,
      Clock clock) {
    var sender = errands.sender().orElseThrow();
    return Facilitator.of(
        payments.settlements().orElseThrow(),
        DepositRelay.of(books, rpc, finality, sender, sends, chain.finalDepth(), clock),
        rpc,
        sender,
        sends,
        keys.authorizer(),
        new Facilitator.Terms(id, accepted.assets(), gateway.authorizer().address()),
        clock);
  }

  @Produces
  @Singleton
  static TimeLimit timeLimit(FacilitatorConfig config) {
    return new TimeLimit(config.timeLimit());
  }
}
