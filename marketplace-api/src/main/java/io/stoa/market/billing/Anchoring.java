package io.stoa.market.billing;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.domain.ChainId;
import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.Role;
import io.stoa.market.node.StartFailure;
import io.stoa.payments.AnchorWorker;
import io.stoa.persistence.till.Duties;
import io.stoa.persistence.till.Epochs;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/**
 * Anchors receipts on an instance with the role settler, if the market has a contract for it on
 * this chain.
 */
@Singleton
@Startup
class Anchoring {
  private static final Duration GRACE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_RECEIPTS = 1 << 17;

  private final Optional<AnchorWorker> worker;

  Anchoring(
      Epochs epochs,
      Duties duties,
      AddressBook addresses,
      Rpc rpc,
      ChainId chain,
      Finality finality,
      Senders senders,
      SendLog sends,
      AnchorsConfig config,
      NodeConfig node) {
    var terms = terms(config);
    this.worker =
        addresses
            .find(AddressBook.USAGE_ANCHOR)
            .filter(_ -> node.roles().contains(Role.SETTLER))
            .map(
                contract ->
                    new AnchorWorker(
                        epochs,
                        duties,
                        new UsageAnchors(rpc, contract),
                        rpc,
                        chain,
                        finality,
                        senders.claims(),
                        sends,
                        terms));
  }

  private static AnchorWorker.Terms terms(AnchorsConfig config) {
    try {
      return new AnchorWorker.Terms(config.epoch(), GRACE, MOST_RECEIPTS, PATIENCE);
    } catch (IllegalArgumentException wrong) {
      throw new StartFailure("stoa.anchors.epoch must be whole seconds, one at least.", wrong);
    }
  }

  @Scheduled(every = "30s", concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void anchor() {
    worker.ifPresent(AnchorWorker::run);
  }
}
