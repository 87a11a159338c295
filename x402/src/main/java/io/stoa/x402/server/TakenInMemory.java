package io.stoa.x402.server;

import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentKey;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * For a service of one process. After a restart the chain still refuses to be paid twice, so that
 * nobody loses money; what was served before may be served again.
 */
public final class TakenInMemory implements TakenPayments {
  private static final int MOST = 1 << 20;
  private static final int SWEEP_EVERY = 1024;

  private final Clock clock;
  private final Map<PaymentId, Instant> taken = new HashMap<>();
  private int taking;

  public TakenInMemory(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized boolean take(PaymentKey payment, Instant until) {
    if (++taking % SWEEP_EVERY == 0) {
      var now = clock.instant();
      taken.values().removeIf(end -> end.isBefore(now));
    }
    return taken.size() < MOST && taken.putIfAbsent(payment.id(), until) == null;
  }

  @Override
  public synchronized void giveBack(PaymentKey payment) {
    taken.remove(payment.id());
  }
}
