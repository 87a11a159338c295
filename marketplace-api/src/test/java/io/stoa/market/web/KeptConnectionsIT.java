package io.stoa.market.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.testkit.market.RunningMarket;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Connections that are kept alive stay so: whoever sends again on one is not hung up on. */
class KeptConnectionsIT {
  /** Longer than a client may take for the rest of a body that was refused. */
  private static final Duration PAUSE = Duration.ofSeconds(12);

  private static final Duration SHORTLY = Duration.ofMillis(100);

  private static final RunningMarket MARKET = RunningMarket.shared();

  @Test
  void aConnectionIsKeptHoweverItsLastBodyWasRead() throws Exception {
    // Given: read to its end, refused halfway, and not looked at
    try (var read = new Wire(MARKET.origin());
        var refused = new Wire(MARKET.origin());
        var ignored = new Wire(MARKET.origin())) {
      read.send(post("/x402/verify", "{}"));
      refused.send(post("/x402/verify", " ".repeat(100_000)));
      ignored.send(post("/nothing/here", "{}"));

      // When
      var open = new ArrayList<Boolean>();
      open.add(read.staysOpen(PAUSE));
      open.add(refused.staysOpen(SHORTLY));
      open.add(ignored.staysOpen(SHORTLY));

      // Then
      assertThat(open).containsExactly(true, true, true);
    }
  }

  private static String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, MARKET.origin().getAuthority(), body.length(), body);
  }
}
