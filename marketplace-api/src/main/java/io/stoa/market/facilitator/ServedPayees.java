package io.stoa.market.facilitator;

import io.stoa.domain.Address;
import io.stoa.persistence.mirror.Payees;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose payments are taken from anybody: those of listings. Remembers who is one for a minute. May
 * block: call from a virtual thread.
 */
final class ServedPayees {
  private static final int MOST = 10_000;
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final Payees mirror;
  private final Map<Address, Long> seenAt = new ConcurrentHashMap<>();

  ServedPayees(Payees mirror) {
    this.mirror = mirror;
  }

  boolean contains(Address payee) {
    var seen = seenAt.get(payee);
    if (seen != null && System.nanoTime() - seen < MINUTE_NANOS) {
      return true;
    }
    if (!mirror.isListed(payee)) {
      seenAt.remove(payee);
      return false;
    }
    if (seenAt.size() >= MOST) {
      seenAt.clear();
    }
    seenAt.put(payee, System.nanoTime());
    return true;
  }
}
