package io.stoa.x402.client;

import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The most that may be signed away in one day (UTC), in one token's smallest unit: a server that
 * says it charged nothing still holds the signature. Forgets with its process.
 */
public final class DailyCap {
  private final BigInteger most;
  private final Clock clock;
  private LocalDate day;
  private BigInteger signed = BigInteger.ZERO;

  public DailyCap(BigInteger most, Clock clock) {
    this.most = most;
    this.clock = clock;
    this.day = today();
  }

  /** Counts {@code amount}, unless it is too much. */
  synchronized boolean sign(BigInteger amount) {
    if (!day.equals(today())) {
      day = today();
      signed = BigInteger.ZERO;
    }
    var sum = signed.add(amount);
    if (sum.compareTo(most) > 0) {
      return false;
    }
    signed = sum;
    return true;
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
