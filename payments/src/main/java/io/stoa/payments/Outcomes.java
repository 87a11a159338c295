package io.stoa.payments;

import io.stoa.domain.payment.PaymentId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Wakes the copies of a payment that wait for its outcome. Only a hint, and only inside this
 * instance: whoever is woken, or was not within a moment, looks into the till.
 */
final class Outcomes {
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final ConcurrentHashMap<PaymentId, CompletableFuture<Void>> waiting =
      new ConcurrentHashMap<>();

  void announce(PaymentId id) {
    var waiters = waiting.remove(id);
    if (waiters != null) {
      waiters.complete(null);
    }
  }

  /** Returns when something may have changed. */
  void await(PaymentId id) {
    var change = waiting.computeIfAbsent(id, unheard -> new CompletableFuture<>());
    try {
      change.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException moment) {
      waiting.remove(id, change);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for a payment", interrupted);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
