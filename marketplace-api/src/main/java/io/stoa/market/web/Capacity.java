package io.stoa.market.web;

import io.stoa.domain.MarketException;
import java.util.concurrent.Semaphore;

/**
 * How many requests of a kind are in hand at a time: each holds on to its body for as long as it
 * takes. Who comes while there is no room is sent away at once.
 */
public final class Capacity {
  private final Semaphore free;

  public Capacity(int most) {
    this.free = new Semaphore(most);
  }

  /** Fails, with nothing done, while as much is in hand as may be; else {@link #leave} follows. */
  public void enter() {
    if (!free.tryAcquire()) {
      throw new MarketException.Unavailable(
          "node-busy",
          "This node has its hands full: send the same request later. Nothing was charged.",
          null);
    }
  }

  public void leave() {
    free.release();
  }
}
