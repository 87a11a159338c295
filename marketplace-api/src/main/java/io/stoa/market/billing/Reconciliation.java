package io.stoa.market.billing;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.stoa.chain.send.TransactionSender;
import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.Opened;
import io.stoa.market.node.PaymentsConfig;
import io.stoa.market.node.Role;
import io.stoa.payments.ChannelAnswers;
import io.stoa.payments.Channels;
import io.stoa.payments.Payments;
import io.stoa.persistence.till.Nonces;
import io.stoa.persistence.till.Till;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an instance with the role settler does from start to stop: ends what others left, of
 * payments and of channels, sees what was paid back, and claims what channels owe. Each may wait
 * for its blocks: all have rounds of their own.
 */
@Singleton
@Startup
final class Reconciliation {
  private final List<Rounds> rounds;
  private final boolean isSettler;

  Reconciliation(
      Payments payments,
      Senders senders,
      Errands errands,
      Till till,
      Channels channels,
      ChannelAnswers answers,
      Nonces nonces,
      PaymentsConfig config,
      NodeConfig node,
      MeterRegistry metrics) {
    var undecided = new AtomicLong();
    metrics.gauge("stoa.payments.undecided", undecided);
    this.isSettler = node.roles().contains(Role.SETTLER);
    this.rounds =
        List.of(
            new Rounds(
                "reconciliation",
                config.reconcileEvery(),
                Map.of(
                    "sends",
                    senders::recover,
                    "sends for others",
                    () -> errands.sender().ifPresent(TransactionSender::recover),
                    "payments",
                    payments.reconciler()::run,
                    "kept answers",
                    answers::dropExpired,
                    "nonces",
                    nonces::dropExpired,
                    "count",
                    () -> undecided.set(till.undecided()))),
            new Rounds(
                "refunds", config.reconcileEvery(), Map.of("refunds", payments.refunds()::run)),
            new Rounds(
                "channels", config.reconcileEvery(), Map.of("channels", channels.rounds()::run)),
            new Rounds(
                "claims", config.reconcileEvery(), Map.of("claims", channels.claims()::run)));
  }

  void start(@Observes Opened opened) {
    if (isSettler) {
      rounds.forEach(Rounds::start);
    }
  }

  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent end) {
    rounds.forEach(Rounds::stop);
  }
}
