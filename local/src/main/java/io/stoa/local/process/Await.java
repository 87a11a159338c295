package io.stoa.local.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for something another process does. */
public final class Await {
  private static final Duration STEP = Duration.ofMillis(25);

  private Await() {}

  /**
   * Asks again and again.
   *
   * @return whether {@code condition} held before {@code patience} was over
   */
  public static boolean until(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
