package io.stoa.market.crash;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Somebody who buys again and again, and never gives up what it signed for. */
abstract class Customer {
  /** Longer than anything may stay undecided: an authorization lives for a minute. */
  private static final Duration STUBBORNNESS = Duration.ofSeconds(150);

  final String name;
  final Door door;
  final Testimony testimony;
  final Moments moments;
  final RandomGenerator choice;
  private final AtomicInteger requests = new AtomicInteger();

  Customer(String name, Shop shop) {
    this.name = name;
    this.door = shop.door();
    this.testimony = shop.testimony();
    this.moments = shop.moments();
    this.choice = shop.seed().of(name);
  }

  /**
   * What a customer comes with.
   *
   * @param seed of its choices
   */
  record Shop(Door door, Testimony testimony, Moments moments, Seed seed) {}

  /** Buys one thing, to its end. */
  abstract void buy();

  int nextNumber() {
    return requests.incrementAndGet();
  }

  /** Tries until it is done; complains when that takes too long. */
  void insist(String on, BooleanSupplier isDone) {
    long deadline = System.nanoTime() + STUBBORNNESS.toNanos();
    while (!isDone.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        testimony.complains(name + " never learnt what became of " + on);
        return;
      }
      Door.beforeAskingAgain();
    }
  }
}
