package io.stoa.market.billing;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.stoa.chain.send.TransactionSender;
import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.Role;
import io.stoa.payments.Payments;
import io.stoa.persistence.till.Till;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs reconciliation on an instance with the role settler, from start to stop, on one virtual
 * thread.
 */
@Singleton
final class Reconciliation {
  private static final System.Logger LOG = System.getLogger(Reconciliation.class.getName());

  private final Payments payments;
  private final TransactionSender sender;
  private final Till till;
  private final Duration pause;
  private final boolean isSettler;
  private final AtomicLong undecided = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);

  Reconciliation(
      Payments payments,
      TransactionSender sender,
      Till till,
      PaymentsConfig config,
      NodeConfig node,
      MeterRegistry metrics) {
    this.payments = payments;
    this.sender = sender;
    this.till = till;
    this.pause = config.reconcileEvery();
    this.isSettler = node.roles().contains(Role.SETTLER);
    metrics.gauge("stoa.payments.undecided", undecided);
  }

  void start(@Observes StartupEvent start) {
    if (isSettler) {
      Thread.ofVirtual().name("reconciliation").start(this::run);
    }
  }

  void stop(@Observes ShutdownEvent end) {
    stop.countDown();
  }

  private void run() {
    do {
      attempt("sends", sender::recover);
      attempt("payments", payments.reconciler()::run);
      attempt("count", () -> undecided.set(till.undecided()));
    } while (!isStopped());
  }

  private static void attempt(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "reconciliation interrupted, will go on: " + what, failure);
    }
  }

  private boolean isStopped() {
    try {
      return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
