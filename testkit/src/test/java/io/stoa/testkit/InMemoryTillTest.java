package io.stoa.testkit;

import io.stoa.persistence.till.Till;
import java.time.Clock;
import org.junit.jupiter.api.Nested;

class InMemoryTillTest {
  private final Till till = new InMemoryTill(Clock.systemUTC());

  @Nested
  class Claims extends TillClaimsContract {
    @Override
    protected Till till() {
      return till;
    }
  }

  @Nested
  class Tickets extends TillTicketsContract {
    @Override
    protected Till till() {
      return till;
    }
  }

  @Nested
  class Decisions extends TillDecisionsContract {
    @Override
    protected Till till() {
      return till;
    }
  }

  @Nested
  class Names extends TillNamesContract {
    @Override
    protected Till till() {
      return till;
    }
  }

  @Nested
  class Turns extends TillTurnsContract {
    @Override
    protected Till till() {
      return till;
    }
  }
}
