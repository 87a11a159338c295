package io.stoa.testkit;

import io.stoa.persistence.till.Till;
import java.time.Clock;

class InMemoryTillTest extends TillContract {
  private final Till till = new InMemoryTill(Clock.systemUTC());

  @Override
  protected Till till() {
    return till;
  }
}
